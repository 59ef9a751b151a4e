import type { CHeader, CStruct } from "../c-header/header-model.ts";
import { compareStructs, type StructDifference } from "./compare-structs.ts";
import type { Config, Element, Layout, Struct } from "../ir/model.ts";
import type { Ground } from "./ground.ts";
import type { Origin } from "./origins.ts";
import { described, erratumText, reasons } from "./reasons.ts";
import type { Difference } from "./report-model.ts";

/**
 * Where a header is as Linux has it, and Linux is other than the standard: values, sizes, places, byte orders, and
 * errata that say why the text of the standard is not followed. They are known, so they are no differences.
 * @param found the header's differences: what differs from Linux, too, is among them already
 */
export function departures(ground: Ground, header: CHeader, found: readonly Difference[]): readonly Difference[] {
  const reported = new Set(found.map((one) => one.name));
  const own = new Departures(ground, header);
  const isNew = (one: Difference): boolean => !reported.has(one.name);
  const other = [...own.constants(), ...own.structs()].filter((one) => isNew(one));
  const said = new Set(other.flatMap((one) => one.why));
  return [...other, ...own.errata().filter((one) => isNew(one) && one.why.every((why) => !said.has(why)))];
}

class Departures {
  private readonly ground: Ground;
  private readonly header: CHeader;

  constructor(ground: Ground, header: CHeader) {
    this.ground = ground;
    this.header = header;
  }

  constants(): readonly Difference[] {
    const { ground, header } = this;
    return [...header.constants.values()].flatMap((one): readonly Difference[] => {
      if (one.file !== header.file || !ground.linux.constants.has(one.name)) return [];
      const standard = ground.spec.constants.get(ground.standardName(one.name));
      if (standard === undefined || standard.value === one.value) return [];
      const origin = ground.origin(one.name, "linux");
      const theirs = ground.origin(standard.name, "spec");
      return [
        {
          kind: "value",
          subject: "constant",
          name: one.name,
          device: origin?.module.name ?? "",
          header: { says: one.value.toString(), file: one.file, line: one.line },
          description: described(valueOf(standard.name, standard.value, one.name), theirs),
          why: [...new Set([origin, theirs].flatMap((side) => reasons(ground, one.name, "linux", side)))],
        },
      ];
    });
  }

  structs(): readonly Difference[] {
    const { ground, header } = this;
    return [...header.structs].flatMap(([tag, struct]): readonly Difference[] => {
      if (struct.file !== header.file || !ground.linux.structs.has(tag)) return [];
      const standard = ground.spec.structs.get(ground.standardName(tag));
      if (standard === undefined) return [];
      const { differences } = compareStructs(struct, standard, {
        ordersSaid: { fixed: true, guest: true },
        alignment: false,
        same: (theirs, ours) => ground.standardName(theirs) === ours,
      });
      const owner = ground.origin(ground.standardName(tag), "spec");
      const shown = ground.origin(tag, "linux");
      const layout = layoutOf(owner?.element);
      // Of what varies in length C has the beginning only, so its size says nothing.
      const whole = layout?.size !== undefined && layout.size !== null;
      const cutOff = differences
        .filter((one) => one.kind === "missing" && one.ours !== undefined && one.ours.offset >= struct.size)
        .map((one) => one.path);
      const known = [
        ...(layout?.needsPacked === true && !struct.packed && cutOff.length === 0 ? [notPacked] : []),
        ...(cutOff.length === 0 ? [] : [`Linux ends before ${cutOff[0] ?? ""}`]),
      ];
      return differences
        .filter((one) => matters(one) && (whole || one.kind !== "size" || one.path !== ""))
        .map((one) => this.member(tag, struct, one, owner, shown))
        .map((one) => ({ ...one, why: [...known, ...one.why] }));
    });
  }

  private member(
    tag: string,
    struct: CStruct,
    one: StructDifference,
    owner: Origin | undefined,
    shown: Origin | undefined,
  ): Difference {
    const last = one.path.slice(one.path.lastIndexOf(".") + 1);
    const member = owner === undefined || last === "" ? undefined : this.ground.origins.member(owner, last);
    const name = one.path === "" ? `struct ${tag}` : `struct ${tag}.${one.path}`;
    const side = one.theirs ?? struct;
    return {
      kind: one.kind,
      subject: one.path === "" ? "struct" : "field",
      name,
      device: owner?.module.name ?? "",
      header: { says: one.header === "" ? "no such member" : one.header, file: side.file, line: side.line },
      ...(one.description === "" ? {} : { description: described(one.description, member ?? owner) }),
      why: [...new Set([shown, member].flatMap((origin) => reasons(this.ground, name, "linux", origin ?? owner)))],
      ...(one.movedBehind === undefined ? {} : { movedBehind: one.movedBehind }),
    };
  }

  /** Errata that Linux is the reason of, about names that the header has. */
  errata(): readonly Difference[] {
    const { ground, header } = this;
    const seen = new Set<string>();
    const found: Difference[] = [];
    const note = (name: string, line: number, origin: Origin | undefined): void => {
      for (const erratum of origin?.element.errata ?? []) {
        const text = erratumText(erratum);
        if (origin === undefined || seen.has(text) || !/\bLinux\b/.test(text)) continue;
        seen.add(text);
        found.push({
          kind: "erratum",
          subject: name.includes(".") ? "field" : "constant",
          name,
          device: origin.module.name,
          header: { says: erratum.meant, file: header.file, line },
          description: described(erratum.text, origin),
          why: [text],
        });
      }
    };
    for (const one of header.constants.values())
      if (one.file === header.file)
        for (const origin of ground.origins.named(one.name, "linux")) note(one.name, one.line, origin);
    for (const [tag, struct] of header.structs) {
      const owner = struct.file === header.file ? ground.origin(tag, "linux") : undefined;
      if (owner === undefined) continue;
      for (const field of struct.fields)
        note(`struct ${tag}.${field.name}`, field.line, ground.origins.member(owner, field.name));
    }
    return found;
  }
}

function valueOf(standard: string, value: bigint, name: string): string {
  return standard === name ? value.toString() : `${standard} is ${value}`;
}

const notPacked = "Linux does not pack it, so that a compiler leaves gaps";

function layoutOf(element: Element | undefined): Layout | undefined {
  const kind = element !== undefined && "kind" in element ? element.kind : "";
  return kind === "struct" || kind === "config" ? (element as Struct | Config).layout : undefined;
}

/** Names are a matter of taste, and what follows the guest's order is little-endian but for the legacy interface. */
function matters({ kind, theirs, ours }: StructDifference): boolean {
  if (kind === "byte order") {
    const one = theirs?.type;
    const other = ours?.type;
    if (one?.kind !== "integer" || other?.kind !== "integer") return true;
    return !["guest", "native"].includes(one.order) || other.order === "big";
  }
  return kind === "size" || kind === "offset" || kind === "length";
}
