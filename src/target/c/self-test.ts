import type { GeneratedFile, TargetInput } from "../target.ts";
import { banner } from "./banner.ts";
import { Catalogue } from "./catalogue.ts";
import type { Comment } from "./comment.ts";
import { leaves, type CField, type CStruct } from "./declaration.ts";
import { specHeaders } from "./spec.ts";

/** What the template of the self-test prints. */
interface SelfTestView {
  readonly banner: Comment;
  readonly includes: readonly string[];
  /** Bytes that the largest struct takes, with the beginning of its flexible array. */
  readonly largest: number;
  readonly modules: readonly { readonly name: string; readonly structs: readonly StructChecks[] }[];
}

interface StructChecks {
  readonly tag: string;
  readonly size: number;
  readonly integers: readonly IntegerCheck[];
  readonly bits: readonly (IntegerCheck & { readonly shift: number; readonly width: number })[];
}

interface IntegerCheck {
  /** Path of the integer in its struct, or the name of a bit group. */
  readonly member: string;
  readonly offset: number;
  readonly bytes: number;
  /** How the value is put together of the bytes: `LITTLE`, `BIG` or `NATIVE`. */
  readonly order: string;
}

/**
 * A program that tries the spec profile's headers on the machine that it is compiled for: random bytes go through the
 * accessors of every integer of every struct, at odd addresses, and are compared with what stands at its offset. It
 * prints what is wrong, and ends with 1 then.
 */
export function selfTest(input: TargetInput): GeneratedFile {
  const headers = specHeaders(new Catalogue(input.ir, "")).filter(
    (header) => input.modules.includes(header.module) && header.structs.length > 0,
  );
  const modules = headers.map((header) => ({
    name: header.module.name,
    structs: header.structs.map((struct) => checksOf(struct)),
  }));
  const view: SelfTestView = {
    banner: banner(
      "Self-test of the headers' structs and accessors: compile it with `-I` and the folder of the profile spec, and run it.",
      headers.map((header) => header.module.file),
      input.revision,
      input.command,
    ),
    includes: headers.map((header) => header.name),
    largest: Math.max(0, ...headers.flatMap((header) => header.structs.map((struct) => struct.size))) + beyond,
    modules,
  };
  return { path: "virtio_selftest.c", text: input.templates.render("self_test", view) };
}

/** Room for the first elements of a flexible array. */
const beyond = 256;

const orders: Readonly<Record<string, string>> = { none: "LITTLE", little: "LITTLE", big: "BIG", native: "NATIVE" };

function checksOf(struct: CStruct): StructChecks {
  const found = leaves(struct.members);
  return {
    tag: struct.tag,
    size: struct.size,
    integers: found.flatMap((leaf) => integersOf(leaf.field, leaf.path.c, leaf.offset)),
    bits: found.flatMap(({ field, offset }) => {
      const { source } = field;
      if (source.kind !== "bits" || field.suffix !== "") return [];
      const place = { offset, bytes: source.type.size, order: orders[source.type.order] ?? "LITTLE" };
      return source.bits
        .filter((group) => group.reserved !== true)
        .map((group) => ({ member: group.name, ...place, shift: group.shift, width: group.width }));
    }),
  };
}

/** The integer itself, or the first and last of an array; of a flexible one the first two. */
function integersOf(field: CField, path: string, offset: number): readonly IntegerCheck[] {
  const { type, dimensions } = field.source;
  if (type.kind !== "scalar") return [];
  const lengths = dimensions.map((dimension) => (dimension.kind === "fixed" ? dimension.length : 2));
  const count = lengths.reduce((product, length) => product * length, 1);
  const check = (index: number): IntegerCheck => ({
    member: `${path}${subscripts(index, lengths)}`,
    offset: offset + index * type.size,
    bytes: type.size,
    order: orders[type.order] ?? "LITTLE",
  });
  return [...new Set([0, count - 1])].map((index) => check(index));
}

/** `[1][5]` of the eleventh integer in an array of rows of six. */
function subscripts(index: number, lengths: readonly number[]): string {
  let rest = index;
  return lengths
    .toReversed()
    .map((length) => {
      const at = rest % length;
      rest = Math.floor(rest / length);
      return `[${at}]`;
    })
    .toReversed()
    .join("");
}
