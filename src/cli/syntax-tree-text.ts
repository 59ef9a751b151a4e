import type { File } from "../../grammar/ast.ts";
import type { Place } from "../diagnostic/diagnostic.ts";

/** Stands before the digits of a number, which JSON does not hold exactly. No text of a description begins with it. */
const numberMark = "\u0000";

/** A tree holds what would come back otherwise. */
class Unencodable extends Error {}

/**
 * A syntax tree as JSON, from which {@link decodeTree} makes an equal one: all places in one list, then the tree, with
 * a place's index for the place, a string for a number, and null for undefined. The path is left out: the same text has
 * the same tree wherever it lies. Undefined for a tree that would not come back the same.
 */
export function encodeTree(tree: File): string | undefined {
  const numbers: number[] = [];
  const places = new Map<Place, number>();
  const seen = new Set<object>();

  function encoded(value: unknown): unknown {
    if (value === undefined) return null;
    if (typeof value === "bigint") return `${numberMark}${value}`;
    if (typeof value === "object" && value !== null && isPlace(value, tree.path)) return indexOf(value);
    return plain(value);
  }

  /** What may stand in a list too, where {@link restore} puts nothing. */
  function plain(value: unknown): unknown {
    if (typeof value === "boolean" || (typeof value === "string" && !value.startsWith(numberMark))) return value;
    if (typeof value === "object" && value !== null && !isPlace(value, tree.path)) return parts(value);
    throw new Unencodable();
  }

  /** An element has the place of its name: one object, by which the IR is built. So it must come back as one. */
  function indexOf(place: Place): number {
    const index = places.get(place) ?? places.size;
    if (index === places.size) {
      places.set(place, index);
      numbers.push(place.line, place.column, place.length);
    }
    return index;
  }

  function parts(value: object): unknown {
    if (seen.has(value)) throw new Unencodable();
    seen.add(value);
    if (Array.isArray(value)) return value.map((one) => plain(one));
    if (Object.getPrototypeOf(value) !== Object.prototype) throw new Unencodable();
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, encoded(one)]));
  }

  try {
    return JSON.stringify([numbers, parts({ ...tree, path: "" })]);
  } catch (error) {
    if (error instanceof Unencodable) return undefined;
    throw error;
  }
}

function isPlace(value: object, path: string): value is Place {
  return "file" in value && value.file === path && Object.keys(value).join(" ") === "file line column length";
}

type Json = string | number | boolean | null | undefined | bigint | Place | Json[] | JsonObject;
interface JsonObject {
  [key: string]: Json;
}

/** The tree that {@link encodeTree} was given, in a file of this path. */
export function decodeTree(path: string, text: string): File {
  const [numbers, tree] = JSON.parse(text) as [number[], JsonObject];
  const places: Place[] = [];
  for (let at = 0; at < numbers.length; at += 3)
    places.push({ file: path, line: numbers[at] ?? 0, column: numbers[at + 1] ?? 0, length: numbers[at + 2] ?? 0 });
  restore(tree, places);
  tree["path"] = path;
  return tree as unknown as File;
}

/** Puts places, numbers and undefined where {@link encodeTree} found them. Changes the tree itself: that is faster. */
function restore(node: JsonObject | Json[], places: readonly Place[]): void {
  if (Array.isArray(node)) {
    for (const one of node) if (typeof one === "object" && one !== null) restore(one as JsonObject | Json[], places);
    return;
  }
  for (const key in node) {
    const value = node[key];
    if (value === null) node[key] = undefined;
    else if (typeof value === "object") restore(value as JsonObject | Json[], places);
    else if (typeof value === "number") node[key] = places[value];
    else if (typeof value === "string" && value.startsWith(numberMark)) node[key] = BigInt(value.slice(1));
  }
}
