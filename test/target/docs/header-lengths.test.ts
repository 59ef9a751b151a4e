import { describe, expect, test } from "vitest";
import { headerLengths } from "../../../src/target/docs/header-lengths.ts";
import { device } from "./description.ts";

function lengthsOf(members: string): readonly (readonly string[])[] | undefined {
  const { module, links } = device(`features { A = 0; B = 1; C = 2; } struct probe { ${members} }`);
  return headerLengths(links.struct(module.name, "probe")?.members ?? [])?.rows;
}

describe("headerLengths", () => {
  test("a struct ends with its last member that exists", () => {
    expect(lengthsOf("le32 a; le16 b if A; le16 c if A; le64 d if B | C;")).toEqual([
      ["16", "`B` or `C`"],
      ["8", "`A`"],
      ["4", "otherwise"],
    ]);
  });

  test("leaves out a length that no choice of features gives", () => {
    expect(lengthsOf("le32 a; le16 b if A; le16 c if A | B;")).toEqual([
      ["8", "`A` or `B`"],
      ["4", "otherwise"],
    ]);
  });

  test("what stands before a member that always exists does not shorten the struct", () => {
    expect(lengthsOf("le32 a if A; le32 b;")).toBeUndefined();
    expect(lengthsOf("le32 a if A; le32 b; le32 c if B;")).toEqual([
      ["12", "`B`"],
      ["8", "otherwise"],
    ]);
  });

  test("a condition on a value is taken as it stands", () => {
    expect(lengthsOf("le32 a; le32 b if a == 1;")).toEqual([
      ["8", "`a` is 1"],
      ["4", "otherwise"],
    ]);
  });

  test("says nothing where a length is known only at run time", () => {
    expect(lengthsOf("le32 a; u8 b[a]; le32 c if A;")).toBeUndefined();
  });
});
