// What stands between devices and the world where Node runs: files and sockets.

export { FileStore, type FileStoreOptions } from "./file-store.ts";
export { StreamLink } from "./stream-link.ts";
export { UdpLink, type UdpLinkOptions } from "./udp-link.ts";
