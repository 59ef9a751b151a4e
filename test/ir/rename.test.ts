import { describe, expect, it } from "vitest";
import { cut } from "../../src/ir/cut.ts";
import { printExpression } from "../../src/ir/print-expression.ts";
import type { Revision } from "../../src/ir/model.ts";
import { irOfItems, itemsOf, moduleNamed, structNamed } from "./descriptions.ts";

const items = `
  features { NEW = 1 was OLD until 1.2; OTHER = 2 requires NEW; legacy ALIAS = NEW; }
  enum T { PLUG = 1 was ADD until 1.2; UNPLUG = 2; }
  struct inner was core until 1.2 { le16 a; }
  struct outer { le16 type : T; struct inner inner; le16 b if NEW; union by type { PLUG : le16 c; UNPLUG : le16 d; } }
  registers test "Registers" { 0x0 write le32 Select was Selector until 1.2; 0x4 read le32 Value bank Select; }
`;

describe("followNames", () => {
  const ir = irOfItems(items);
  const at = (revision: Revision) => {
    const module = moduleNamed(cut(ir, revision), "test");
    const outer = structNamed(module, "outer");
    const [, inner, conditional, union] = outer.members;
    const [register] = itemsOf(module, "registers");
    return {
      type: inner?.kind === "field" && inner.type.kind === "struct" ? inner.type.name : "",
      size: outer.layout?.size,
      condition: conditional?.if === undefined ? "" : printExpression(conditional.if),
      tag:
        union?.kind === "union"
          ? union.arms[0]?.tags.map((tag) => (tag.kind === "value" ? printExpression(tag.value) : ""))
          : [],
      requires: itemsOf(module, "features")[0]?.features.flatMap((feature) =>
        feature.requires.map((one) => printExpression(one)),
      ),
      alias: itemsOf(module, "features")[0]?.features.at(-1)?.aliasOf,
      bank: register?.registers[1]?.bank,
    };
  };

  it("lets references follow an element to the name that it had", () => {
    expect(at("1.1")).toEqual({
      type: "core",
      size: 8,
      condition: "OLD",
      tag: ["T.ADD"],
      requires: ["OLD"],
      alias: "OLD",
      bank: "Selector",
    });
  });

  it("leaves them where the element has its newest name", () => {
    expect(at("1.2")).toEqual({
      type: "inner",
      size: 8,
      condition: "NEW",
      tag: ["T.PLUG"],
      requires: ["NEW"],
      alias: "NEW",
      bank: "Select",
    });
  });
});

describe("a member that had a use before its bytes were reserved", () => {
  it("is reserved only from then on", () => {
    const ir = irOfItems("struct s { le32 reserved was ioprio until 1.0; }");
    const reservedAt = (revision: Revision) => {
      const [member] = structNamed(moduleNamed(cut(ir, revision), "test"), "s").members;
      return member?.kind === "field" ? { name: member.name, reserved: member.reserved } : undefined;
    };
    expect(reservedAt("0.9.5")).toEqual({ name: "ioprio", reserved: undefined });
    expect(reservedAt("1.0")).toEqual({ name: "reserved", reserved: true });
  });
});
