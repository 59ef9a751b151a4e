import { join } from "node:path";

/** Where virtgen's build records the tree of one of virtgen's own descriptions; undefined for any other path. */
export function shippedTree(packageFolder: string, path: string): string | undefined {
  const [, folder, name] = /^specs\/(\w+)\/([\w-]+)\.virtio$/.exec(path) ?? [];
  return folder === undefined || name === undefined
    ? undefined
    : join(packageFolder, "dist", "trees", `${folder}-${name}`);
}
