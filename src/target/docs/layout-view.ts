import type { Element, Layout, Member } from "../../ir/model.ts";
import { headerLengths } from "./header-lengths.ts";
import type { Links } from "./links.ts";
import { counted, type TableView } from "./markdown.ts";
import { configTable, memberTable } from "./member-rows.ts";
import { expandedPacketView, packetView, type PacketView } from "./packet.ts";

/** The bytes of a struct, a part of a message or the configuration space. */
export interface LayoutView {
  readonly members: TableView | null;
  /** Lengths that depend on features. */
  readonly lengths: TableView | null;
  readonly packet: PacketView | null;
  /** Of the configuration space: the driver can write some of it. */
  readonly writable: boolean;
}

export function layoutView(members: readonly Member[], links: Links, outer: Element): LayoutView {
  return {
    members: memberTable(members, links, outer),
    lengths: headerLengths(members),
    packet: packetView(members, links.struct),
    writable: false,
  };
}

/** Of the configuration space, whose size does not depend on features. */
export function configLayoutView(members: readonly Member[], links: Links, outer: Element): LayoutView {
  const { table, writable } = configTable(members, links, outer);
  return { members: table, lengths: null, packet: expandedPacketView(members, links.struct), writable };
}

/** `12 bytes`, `12 to 32 bytes`, `at least 8 bytes`; empty where nothing is laid out. */
export function sizeText(layout: Layout | undefined): string {
  if (layout === undefined) return "";
  if (layout.size === null)
    return layout.minSize === 0 ? "of any length" : `at least ${counted(layout.minSize, "byte")}`;
  return layout.minSize === layout.size || layout.minSize === 0
    ? counted(layout.size, "byte")
    : `${layout.minSize} to ${counted(layout.size, "byte")}`;
}

/** Of the configuration space with all members that it can have; their features do not shorten it. */
export function configSize(layout: Layout | undefined): string {
  return layout === undefined || layout.size === null ? sizeText(layout) : counted(layout.size, "byte");
}
