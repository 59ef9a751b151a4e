import { describe, expect, test } from "vitest";
import type { Expression } from "../../../src/ir/model.ts";
import { condition, statement } from "../../../src/target/docs/expression-words.ts";
import { device } from "./description.ts";

function parse(text: string): Expression {
  const { module, links } = device(`
    features { A = 0; B = 1; C = 2; }
    enum T { PLUG = 1; }
    flags M { RD = 1; WR = 2; }
    config { le32 count; }
    struct probe { le32 type : T; u8 flags : M; u8 last if (${text}); }`);
  const last = links.struct(module.name, "probe")?.members.at(-1)?.if;
  if (last === undefined) throw new Error(`'${text}' has no condition`);
  return last;
}

describe("condition", () => {
  test.each([
    ["A", "`A`"],
    ["not A", "no `A`"],
    ["A | B | C", "`A` or `B` or `C`"],
    ["A & (B | C)", "`A` and (`B` or `C`)"],
    ["A | B & C", "`A` or (`B` and `C`)"],
    ["not (A | B)", "not (`A` or `B`)"],
    ["type == PLUG", "`type` is `PLUG`"],
    ["type != PLUG & A", "`type` is not `PLUG` and `A`"],
    ["flags & M.RD", "`flags` has `RD`"],
    ["A | flags & M.RD", "`A` or `flags` has `RD`"],
    ["flags & bit 3", "`flags` has `bit 3`"],
    ["config.count > 0", "`config.count` is above 0"],
    ["config.count * 512 <= type + 1", "`config.count * 512` is at most `type + 1`"],
    ["A -> B | C", "`A` only with `B` or `C`"],
    ["flags.RD & not flags.WR", "`flags` has `RD` and `flags` has no `WR`"],
    ["A & type == PLUG -> flags.RD", "if `A` and `type` is `PLUG`, then `flags` has `RD`"],
  ])("%s reads %s", (text, words) => {
    expect(condition(parse(text))).toBe(words);
  });
});

describe("statement", () => {
  test("a feature is offered by a device and negotiated otherwise", () => {
    expect(statement(parse("A"), "device")).toBe("`A` is offered");
    expect(statement(parse("not A"), "driver")).toBe("`A` is not negotiated");
    expect(statement(parse("A & B -> C"), "device")).toBe("`A` and `B` are offered only with `C`");
    expect(statement(parse("type == 0"), "device")).toBe("`type` is 0");
    expect(statement(parse("not flags.RD -> type == 0"), "device")).toBe("if `flags` has no `RD`, then `type` is 0");
  });
});
