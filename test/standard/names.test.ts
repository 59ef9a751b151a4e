import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ir } from "../../src/ir/model.ts";
import { publishedNames } from "../peer/c-names.ts";
import { Workspace } from "../target/c/compilers.ts";
import { filesOf, standard } from "../target/c/descriptions.ts";
import { textRevisions as revisions, type TextRevision } from "./reader/document.ts";
import { inRevision, memberOf } from "./reader/record.ts";
import { everything, knownAt, records } from "./records.ts";

/** Those that have names which C headers carry: registers and device ids have a form of their own. */
const modules = [...records].flatMap(([module, { features, constants, structs }]) =>
  features === undefined && constants === undefined && structs === undefined && module !== "entropy" ? [] : [module],
);

/** What a module of the standard has in one revision. */
class Standard {
  readonly values: ReadonlyMap<string, readonly (number | string)[]>;
  readonly fields: ReadonlyMap<string, readonly string[]>;

  constructor(module: string, revision: TextRevision) {
    const { constants, features, structs } = records.get(module) ?? {};
    const values = new Map<string, (number | string)[]>();
    for (const [name, bit] of inRevision(features, revision))
      if (name !== "UNUSED") values.set(name, [Number.parseInt(bit, 10)]);
    for (const [name, value] of inRevision(constants, revision)) {
      const more = value === null || typeof value === "number" || typeof value === "string" ? [value] : value;
      values.set(name, [...(values.get(name) ?? []), ...more.filter((one) => one !== null)]);
    }
    this.values = values;
    this.fields = new Map(
      [...inRevision(structs, revision)]
        // What a notification writes has no name in the standard but its file's.
        .filter(([tag]) => !tag.startsWith("notification_"))
        .map(([tag, { members }]) => [tag, members.map((member) => memberOf(member).path)]),
    );
  }
}

const workspace = new Workspace();
afterAll(() => {
  workspace.remove();
});

/** The names of each header at each revision, as `revision/module`, and the headers' texts. */
const published = new Map<string, ReadonlySet<string>>();
const texts = new Map<string, string>();
let ir: Ir;

beforeAll(() => {
  ir = standard();
  for (const revision of revisions) {
    const files = filesOf(ir, "spec", revision);
    workspace.write(files.map((file) => ({ ...file, path: `${revision}/${file.path}` })));
    for (const module of modules) {
      const header = `virtio_${module}.h`;
      // A revision before the device has no header of it.
      if (!files.some((file) => file.path === header)) continue;
      workspace.write([{ path: "names.c", text: `#include "${header}"\n` }]);
      const { status, output } = workspace.run(["gcc", "-E", "-dD", "-I", revision, "names.c"]);
      if (status !== 0) throw new Error(output);
      published.set(
        `${revision}/${module}`,
        publishedNames(output, (file) => file === `${revision}/${header}`),
      );
      texts.set(`${revision}/${module}`, files.find((file) => file.path === header)?.text ?? "");
    }
  }
});

const ourNames = (revision: TextRevision, module: string): ReadonlySet<string> =>
  published.get(`${revision}/${module}`) ?? new Set();

/** Structs that C cannot have as the standard lists them are cut: their pieces' names begin with their own. */
function pieceOf(tag: string, structs: Iterable<string>): string | undefined {
  const owners = [...structs].filter((struct) => tag.startsWith(`${struct}_`));
  return owners.toSorted((a, b) => b.length - a.length)[0];
}

/** Whether a header has a struct's field: in the struct, in a piece of it, as bits, or in a comment that lists what follows. */
function hasField(module: string, revision: TextRevision, tag: string, field: string): boolean {
  const ours = ourNames(revision, module);
  const [, bits] = /:(\w+)$/.exec(field) ?? [];
  if (bits !== undefined) return bits === "reserved" || ours.has(`${tag}_get_${bits}()`);
  const path = field.split(".");
  if (
    ours.has(`struct ${tag}.${field}`) ||
    ours.has(`struct ${[tag, ...path.slice(0, -1)].join("_")}.${path.at(-1) ?? ""}`)
  )
    return true;
  const { fields } = new Standard(module, revision);
  for (const name of ours) {
    const [, piece = "", own = ""] = /^struct (\w+)\.(.*)$/.exec(name) ?? [];
    if (own === field && pieceOf(piece, fields.keys()) === tag) return true;
  }
  return new RegExp(`^\\t? \\*\\t.*\\b${field}\\b`, "m").test(texts.get(`${revision}/${module}`) ?? "");
}

describe.each(revisions)("the spec profile at revision %s", (revision) => {
  it("has every name of the standard, but for what is known", () => {
    const missing = modules.flatMap((module) => {
      const ours = ourNames(revision, module);
      const { values, fields } = new Standard(module, revision);
      if (values.size + fields.size > 0 && !ir.modules.some(({ name }) => name === module))
        return [`${module}: ${everything}`];
      // Lines of comments as one.
      const text = (texts.get(`${revision}/${module}`) ?? "").replaceAll(/\n \* /g, " ");
      return [
        ...[...values.keys()].filter((name) => !ours.has(name)),
        ...[...fields.keys()]
          .filter((tag) => !ours.has(`struct ${tag}`) && !text.includes(`struct ${tag} varies from its beginning`))
          .map((tag) => `struct ${tag}`),
        ...[...fields].flatMap(([tag, some]) =>
          some.filter((field) => !hasField(module, revision, tag, field)).map((field) => `struct ${tag}.${field}`),
        ),
      ].map((name) => `${module}: ${name}`);
    });
    expect(missing.toSorted()).toEqual(knownAt("names-missing", revision));
  });

  it("has the standard's numbers", () => {
    const known = new Set(knownAt("numbers", revision));
    const asserts = modules.flatMap((module) =>
      [...new Standard(module, revision).values]
        .filter(([name, values]) => values.length > 0 && ourNames(revision, module).has(name))
        .map(([name, values]) => {
          // What is known to be another number is so.
          const [equal, joint] = known.has(`${module}: ${name}`) ? ["!=", " && "] : ["==", " || "];
          const tests = values.map((value) => `(${name}) ${equal} ${String(value)}`);
          return `_Static_assert(${tests.join(joint)}, "${name}");`;
        }),
    );
    expect(asserts.length).toBeGreaterThan(140);
    workspace.write([
      {
        path: "values.c",
        text: [
          ...modules
            .filter((module) => texts.has(`${revision}/${module}`))
            .map((module) => `#include "virtio_${module}.h"`),
          ...asserts,
          "",
        ].join("\n"),
      },
    ]);
    expect(workspace.run(["gcc", "-std=c11", "-fsyntax-only", "-I", revision, "values.c"]).output).toBe("");
  });

  it("has no name before its time", () => {
    const early = modules.flatMap((module) => {
      const now = new Standard(module, revision);
      const later = revisions.filter((other) => other > revision).map((other) => new Standard(module, other));
      return [...ourNames(revision, module)]
        .filter((name) => {
          const [, tag = "", field] = /^struct (\w+)(?:\.(.*))?$/.exec(name) ?? [];
          if (tag === "") return !now.values.has(name) && later.some((one) => one.values.has(name));
          if (field === undefined) return !now.fields.has(tag) && later.some((one) => one.fields.has(tag));
          return (
            now.fields.get(tag)?.includes(field) === false &&
            later.some((one) => one.fields.get(tag)?.includes(field) === true)
          );
        })
        .map((name) => `${module}: ${name}`);
    });
    expect(early.filter((name) => !knownAt("names-beyond", revision).includes(name))).toEqual([]);
  });

  it("adds no name to the standard's, but for what is known and what is made by rule", () => {
    const added = modules.flatMap((module) => {
      const ours = ourNames(revision, module);
      const { values, fields } = new Standard(module, revision);
      const members = new Map(
        [...fields].map(([tag, some]) => [tag, new Set(some.map((field) => field.replace(":", "").split(".").at(-1)))]),
      );
      const registers = registerNames(module);
      const isOurs = (name: string): boolean => {
        if (registers.has(name)) return false;
        // The guard, functions and numbers of queues have a form of their own that the standard's names never have.
        if (name === `VIRTIO_${module.toUpperCase()}_H` || name.endsWith("()") || /^VIRTIO_[A-Z0-9]+_VQ_/.test(name))
          return false;
        const [, tag, field] = /^struct (\w+)(?:\.(.*))?$/.exec(name) ?? [];
        if (tag === undefined) return !values.has(name) && !isOfBitGroup(name, ours);
        const known = members.get(fields.has(tag) ? tag : (pieceOf(tag, fields.keys()) ?? ""));
        if (known === undefined) return true;
        if (field !== undefined) return !known.has(field.split(".").at(-1));
        // A piece shares members with the struct that it is of; a similar name alone makes none.
        return !fields.has(tag) && ![...known].some((member) => ours.has(`struct ${tag}.${member ?? ""}`));
      };
      return [...ours].filter((name) => isOurs(name)).map((name) => `${module}: ${name}`);
    });
    expect(added.toSorted()).toEqual(knownAt("names-beyond", revision));
  });
});

/** The macros of offsets: the standard has registers in tables and structures, and no names for where they are. */
function registerNames(module: string): ReadonlySet<string> {
  const items = ir.modules.find(({ name }) => name === module)?.items ?? [];
  return new Set(
    items.flatMap((item) =>
      item.kind === "registers"
        ? item.registers.flatMap(({ cName, was = [] }) => [cName, ...was.map((one) => one.cName)])
        : [],
    ),
  );
}

/** Masks and shifts are called as the accessors of the bit group are. */
function isOfBitGroup(name: string, ours: ReadonlySet<string>): boolean {
  const [, group = ""] = /^(.*)_(?:SHIFT|MASK)$/.exec(name) ?? [];
  return [...ours].some((other) => other.endsWith("()") && other.replace("_get_", "_").toUpperCase() === `${group}()`);
}
