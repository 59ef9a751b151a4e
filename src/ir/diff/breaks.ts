import { evaluate, simplify, walkExpression } from "../expression.ts";
import type { Element, Expression, Feature, Field, Queue, Rule, Type } from "../model.ts";
import { between, both, canHoldWithout, conditionWords, not, type InBoth, type Truth } from "./conditions.ts";
import { blockEntry, reachOf, type Entry } from "./entry.ts";
import { typeText } from "./fact-text.ts";
import type { Aspect, Breakage, Peer } from "./model.ts";

/**
 * Whom a change breaks. The question is always the same: a driver or a device that was written for the earlier side
 * meets its peer of the later side, and both work by their own description. They have negotiated only features that both
 * know, so what depends on a new feature breaks nobody.
 */

const bothPeers: readonly Peer[] = ["driver", "device"];
const nobody: readonly Peer[] = [];

/** What the two sides have in common. */
export interface Shared {
  readonly feature: InBoth;
  /** Queues of a module, by their name on the earlier side. */
  readonly queue: (module: string, queue: string) => boolean;
  /** The integer that a type is in bytes, on either side: of a scalar itself, of a struct that only divides one into bits. */
  readonly word: (type: Type) => string | undefined;
  /** A struct, a message or a member of the configuration space. */
  readonly block: (module: string, name: string) => boolean;
  /** `group.name`, the group empty where it has no name. */
  readonly constant: (module: string, constant: string) => boolean;
}

/** @param entry of the later side, its references named as the earlier side does */
export function breaksByAddition(module: string, entry: Entry, shared: Shared): readonly Breakage[] {
  if (entry.subject === "rule") return ruleBreaks(module, entry, shared, "added");
  // A choice is as much as is in what can be chosen.
  if (entry.children.length > 0 && entry.children.every((child) => child.subject === "alternative"))
    return union(
      entry.children.flatMap((arm) => arm.children.flatMap((inner) => breaksByAddition(module, inner, shared))),
    );
  return breakages(peersOfAddition(module, entry, shared), between(reachOf(entry), shared.feature));
}

export function breaksByRemoval(module: string, entry: Entry, shared: Shared): readonly Breakage[] {
  if (entry.subject === "rule") return ruleBreaks(module, entry, shared, "removed");
  // Whoever negotiates it is alone with it.
  if (entry.subject === "feature") return bothPeers.map((peer) => ({ peer, when: entry.element.name }));
  return breakages(peersOfRemoval(entry), between(reachOf(entry), shared.feature));
}

/** A driver that uses what is new, with a device of the earlier side that does not have it. */
function peersOfAddition(module: string, entry: Entry, shared: Shared): readonly Peer[] {
  switch (entry.subject) {
    case "queue":
    case "config":
    case "register":
    case "registers":
      return ["device"];
    case "message": {
      const queues = queuesOf(entry);
      // The new queue is what breaks.
      if (queues.length > 0 && queues.every((queue) => !shared.queue(module, queue))) return nobody;
      return entry.facts.get("kind") === "event" ? ["driver"] : refuses(entry) ? nobody : ["device"];
    }
    case "alternative":
      if (isEvent(entry)) return ["driver"];
      return inConfig(entry) || inMessage(entry) ? (refuses(blockEntry(entry)) ? nobody : ["device"]) : bothPeers;
    case "member":
      return inConfig(entry) ? ["device"] : bothPeers;
    case "part":
    case "section":
      return bothPeers;
    case "command":
      return entry.block?.kind === "ccw_command" && entry.facts.get("since") === "" ? ["device"] : nobody;
    default:
      return nobody;
  }
}

function peersOfRemoval(entry: Entry): readonly Peer[] {
  switch (entry.subject) {
    case "queue":
    case "config":
    case "register":
    case "registers":
      return ["driver"];
    case "message":
      return entry.facts.get("kind") === "event" ? ["device"] : ["driver"];
    case "alternative":
      if (isEvent(entry)) return ["device"];
      return inConfig(entry) || inMessage(entry) ? ["driver"] : bothPeers;
    case "member":
      return inConfig(entry) ? ["driver"] : bothPeers;
    case "command":
      return entry.block?.kind === "ccw_command" ? ["driver"] : nobody;
    case "module":
    case "part":
    case "section":
      return bothPeers;
    case "constant":
    case "constants":
      return inHouse(entry) ? nobody : bothPeers;
    default:
      return nobody;
  }
}

/** @param after its references named as the earlier side does */
export function breaksByChange(
  module: string,
  before: Entry,
  after: Entry,
  aspect: Aspect,
  shared: Shared,
): readonly Breakage[] {
  if (inHouse(after)) return [];
  const reach = both(between(reachOf(before), shared.feature), between(reachOf(after), shared.feature));
  switch (aspect) {
    case "bit":
      return bothPeers.map((peer) => ({ peer, when: before.element.name }));
    case "requires":
      return requirementBreaks(before, after, shared.feature);
    case "condition":
      return conditionBreaks(module, before, after, shared);
    case "number":
      if (after.subject === "queue" && !queueMoves(before.element, after.element, shared.feature)) return [];
      return breakages(bothPeers, reach);
    case "tags":
      return breakages(peersOfTags(before, after), reach);
    case "access":
      return breakages(peersOfAccess(before, after), reach);
    case "range":
      if (after.subject === "rule") return ruleBreaks(module, after, shared, "changed");
      return breakages(peersOfRange(before, after), reach);
    case "byte-order":
      // Only of what the legacy interface had before VERSION_1, whose peers do not negotiate that.
      return bothPeers.map((peer) => ({ peer, when: "not VERSION_1" }));
    case "type":
      return breakages(isReserved(before) || sameBytes(before, after, shared) ? nobody : bothPeers, reach);
    case "bits":
      return breakages(after.subject === "feature-range" || isReserved(before) ? nobody : bothPeers, reach);
    case "offset":
      return breakages(isReserved(before) || !isPlaced(before) || !isPlaced(after) ? nobody : bothPeers, reach);
    case "values":
    case "unit": {
      const said = before.facts.get(aspect) !== "" && after.facts.get(aspect) !== "";
      return breakages(said ? bothPeers : nobody, reach);
    }
    case "reserved":
      // Who looked at it sees zeroes from now on.
      return breakages(isReserved(after) ? readersOf(before) : nobody, reach);
    case "members":
    case "refers":
      return breakages(after.subject === "command" ? bothPeers : nobody, reach);
    case "id":
    case "value":
    case "kind":
    case "by":
    case "queues":
    case "direction":
    case "padding":
    case "end-mark":
    case "negotiation":
    case "refuse":
    case "bank":
    case "legacy":
      return breakages(bothPeers, reach);
    case "name":
    case "c-name":
    case "aliases":
    case "size":
    case "header":
    case "since":
    case "title":
    case "label":
    case "documentation":
    case "errata":
    case "held-by":
      return [];
  }
}

function union(all: readonly Breakage[]): readonly Breakage[] {
  return [...new Map(all.map((one) => [`${one.peer} ${one.when ?? ""}`, one])).values()];
}

function breakages(peers: readonly Peer[], truth: Truth): readonly Breakage[] {
  if (truth === false) return [];
  const when = conditionWords(truth);
  return peers.map((peer) => ({ peer, when }));
}

/** Where it is there in more cases than before, it is an addition in those; where in fewer, a removal. */
function conditionBreaks(module: string, before: Entry, after: Entry, shared: Shared): readonly Breakage[] {
  const was = between(reachOf(before), shared.feature);
  const is = between(reachOf(after), shared.feature);
  const found: Breakage[] = [];
  if (after.subject === "rule") return [];
  if (canHoldWithout(is, was)) found.push(...breakages(peersOfAddition(module, after, shared), both(is, not(was))));
  if (canHoldWithout(was, is)) found.push(...breakages(peersOfRemoval(before), both(was, not(is))));
  return found;
}

/**
 * A driver that negotiates the feature without what it now requires is refused. A driver that makes use of a requirement
 * having gone is refused by a device that still has it.
 */
function requirementBreaks(before: Entry, after: Entry, inBoth: InBoth): readonly Breakage[] {
  const was = between(requiresOf(before.element), inBoth);
  const is = between(requiresOf(after.element), inBoth);
  const feature = before.element.name;
  const when = (missing: Truth): string => {
    const words = conditionWords(not(missing));
    return words === null ? feature : `${feature} & ${/[|>]/.test(words) ? `(${words})` : words}`;
  };
  return [
    ...(canHoldWithout(was, is) ? [{ peer: "driver", when: when(is) } as const] : []),
    ...(canHoldWithout(is, was) ? [{ peer: "device", when: when(was) } as const] : []),
  ];
}

function requiresOf(element: Element): readonly Expression[] {
  return "requires" in element ? (element as Feature).requires : [];
}

/** Whether a queue has another number for peers that negotiate only what both know. */
function queueMoves(before: Element, after: Element, inBoth: InBoth): boolean {
  const number = (element: Element): string => {
    const { number: formula, each } = element as Queue;
    return JSON.stringify([formula, each?.from, each?.to].map((one) => one && printed(simplify(one, inBoth))));
  };
  return number(before) !== number(after);
}

function printed(truth: Truth): string {
  return conditionWords(truth) ?? (truth === true ? "always" : "never");
}

function tagsOf(entry: Entry): readonly string[] {
  return (entry.facts.get("tags") ?? "").split(", ");
}

function peersOfTags(before: Entry, after: Entry): readonly Peer[] {
  const [was, is] = [tagsOf(before), tagsOf(after)];
  const peers = new Set<Peer>();
  if (was.some((tag) => !is.includes(tag))) for (const peer of peersOfRemoval(before)) peers.add(peer);
  if (is.some((tag) => !was.includes(tag)))
    for (const peer of inMessage(after) && !isEvent(after) ? ["device" as const] : bothPeers) peers.add(peer);
  return bothPeers.filter((peer) => peers.has(peer));
}

/** How freely the driver may write: the larger the more. */
function freedom(entry: Entry): number {
  const text = entry.facts.get("access") ?? "";
  return ["read", "read-only"].includes(text)
    ? 0
    : text.startsWith("writable before")
      ? 1
      : /at any time/.test(text)
        ? 3
        : 2;
}

/** A driver that writes where it may now, a device that does not expect it; and the other way round. */
function peersOfAccess(before: Entry, after: Entry): readonly Peer[] {
  const [was, is] = [freedom(before), freedom(after)];
  return was === is ? bothPeers : was < is ? ["device"] : ["driver"];
}

/** Whoever writes the value may now leave what the other one takes; or is held to less than it writes. */
function peersOfRange(before: Entry, after: Entry): readonly Peer[] {
  const writer = writerOf(after);
  const [was, is] = [limits(before), limits(after)];
  if (writer === undefined || was === undefined || is === undefined) return bothPeers;
  const reader: Peer = writer === "driver" ? "device" : "driver";
  const wider = is.from < was.from || is.to > was.to;
  const narrower = is.from > was.from || is.to < was.to;
  return bothPeers.filter((peer) => (peer === reader && wider) || (peer === writer && narrower));
}

function limits(entry: Entry): { readonly from: bigint; readonly to: bigint } | undefined {
  const { range } = entry.element as Field;
  // Without a range it may be anything: more than any type holds.
  if (range === undefined) return { from: -1n, to: 1n << 64n };
  const [from, to] = [range.from, range.to].map((one) => evaluate(one, () => undefined));
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** The same integers in the same arrays: only what their bits are called is new. */
function sameBytes(before: Entry, after: Entry, shared: Shared): boolean {
  const bytesOf = (entry: Entry): string | undefined => {
    const { type, dimensions } = entry.element as Partial<Pick<Field, "type" | "dimensions">>;
    const word = type === undefined ? undefined : shared.word(type);
    return type === undefined || dimensions === undefined || word === undefined
      ? undefined
      : word + typeText({ kind: "opaque" }, dimensions, "");
  };
  const was = bytesOf(before);
  return was !== undefined && was === bytesOf(after);
}

function readersOf(entry: Entry): readonly Peer[] {
  const writer = writerOf(entry);
  return writer === undefined ? bothPeers : [writer === "driver" ? "device" : "driver"];
}

/** Who fills a member in; undefined where both do, or where a struct is used tells. */
function writerOf(entry: Entry): Peer | undefined {
  if (inConfig(entry)) return entry.facts.get("access") === "read-only" ? "device" : "driver";
  for (let at: Entry | undefined = entry; at !== undefined; at = at.parent) {
    const direction = at.facts.get("direction");
    if (direction === "device-readable") return "driver";
    if (direction === "device-writable") return "device";
  }
  return undefined;
}

/** Rules that a program can test, and that have to be kept. What words ask for is not on the wire. */
function ruleBreaks(
  module: string,
  entry: Entry,
  shared: Shared,
  what: "added" | "removed" | "changed",
): readonly Breakage[] {
  const rule = entry.element as Rule;
  if (rule.sentence !== undefined || rule.form === "should" || rule.form === "may") return [];
  const known = (rule.features ?? []).filter((feature) => shared.feature(module, feature));
  if (rule.form === "conflicts" && known.length < 2) return [];
  if (rule.form === "at_least_one" && known.length === 0) return [];
  if (rule.expression !== undefined && simplify(rule.expression, shared.feature) === true) return [];
  // What only one side has, a peer of the other does not send.
  let isShared = true;
  if (rule.expression !== undefined)
    walkExpression(rule.expression, (part) => {
      const [root] = part.op === "member" ? part.path : [];
      if (root !== undefined && !shared.block(module, root.name)) isShared = false;
      if (part.op === "constant" && !shared.constant(part.module, `${part.group}.${part.name}`)) isShared = false;
    });
  if (!isShared) return [];
  const keeper: Peer = rule.role ?? (rule.form === "offers" ? "device" : "driver");
  const other: Peer = keeper === "driver" ? "device" : "driver";
  const peers = what === "added" ? [keeper] : what === "removed" ? [other] : bothPeers;
  return breakages(peers, between(entry.conditions, shared.feature));
}

function inConfig(entry: Entry): boolean {
  return blockEntry(entry).subject === "config";
}

function inMessage(entry: Entry): boolean {
  return blockEntry(entry).subject === "message";
}

function inHouse(entry: Entry): boolean {
  return blockEntry(entry).subject === "house";
}

function isEvent(entry: Entry): boolean {
  return inMessage(entry) && blockEntry(entry).facts.get("kind") === "event";
}

function queuesOf(entry: Entry): readonly string[] {
  const queues = entry.facts.get("queues") ?? "";
  return queues === "" ? [] : queues.split(", ");
}

/** A device answers to a request that it does not know. */
function refuses(entry: Entry): boolean {
  return (entry.facts.get("refuse") ?? "") !== "" || entry.children.some((child) => refuses(child));
}

function isReserved(entry: Entry): boolean {
  return entry.facts.get("reserved") === "reserved";
}

function isPlaced(entry: Entry): boolean {
  return typeof entry.extent?.offset === "number";
}
