import type { Command, ConstantGroup, Request } from "./model.ts";

/** Questions about an item's kind. The items of the syntax tree have the same kinds, and may be asked, too. */

interface Kinded {
  readonly kind: string;
}

type OfKind<T, Kind extends string> = Extract<T, { readonly kind: Kind }>;

const commandKinds: ReadonlySet<string> = new Set<Command["kind"]>([
  "ccw_command",
  "capability",
  "resource",
  "device_part",
]);

const constantGroupKinds: ReadonlySet<string> = new Set<ConstantGroup["kind"]>([
  "enum",
  "flags",
  "bits",
  "shared_memory",
]);

const requestKinds: ReadonlySet<string> = new Set<Request["kind"]>(["request", "message", "event"]);

/** Whether it is numbered and carries members: a CCW command, a capability, a resource object, a device part. */
export function isCommand<T extends Kinded>(item: T): item is OfKind<T, Command["kind"]> {
  return commandKinds.has(item.kind);
}

export function isConstantGroup<T extends Kinded>(item: T): item is OfKind<T, ConstantGroup["kind"]> {
  return constantGroupKinds.has(item.kind);
}

export function isRequest<T extends Kinded>(item: T): item is OfKind<T, Request["kind"]> {
  return requestKinds.has(item.kind);
}
