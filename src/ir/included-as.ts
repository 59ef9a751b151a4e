/**
 * How a program includes a house's header: from the folder that has the house's name, unless the description says which.
 * @param header as the description has it: `virtio_blk.h`, `asm/virtio-ccw.h`
 */
export function includedAs(house: string, header: string): string {
  return header.includes("/") ? header : `${house}/${header}`;
}
