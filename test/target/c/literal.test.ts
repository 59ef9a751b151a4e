import { describe, expect, it } from "vitest";
import { constantLiteral, literal } from "../../../src/target/c/literal.ts";

describe("literal", () => {
  it("has the type that its value needs", () => {
    expect(literal(0xffff_ffff, 16)).toBe("0xffffffff");
    expect(literal("18446744073709551615", 16)).toBe("0xffffffffffffffffULL");
    expect(literal(2 ** 32)).toBe("4294967296ULL");
    expect(literal(-1)).toBe("(-1)");
  });
});

describe("constantLiteral", () => {
  it("is spelt as the description spells it", () => {
    expect(constantLiteral({ type: "number", value: 8, text: "8" })).toBe("8");
    expect(constantLiteral({ type: "mask", value: 1, text: "0x00000001" })).toBe("0x00000001");
    expect(constantLiteral({ type: "mask", value: 4, text: "bit 2" })).toBe("(1 << 2)");
    expect(constantLiteral({ type: "mask", value: 2 ** 31, text: "bit 31" })).toBe("(1U << 31)");
    expect(constantLiteral({ type: "mask", value: 2 ** 46, text: "bit 46" })).toBe("(1ULL << 46)");
    expect(constantLiteral({ type: "mask", value: 0x60, text: "A | B" })).toBe("0x60");
  });

  it("has 64 bits beside others that need them", () => {
    expect(constantLiteral({ type: "mask", value: 1, text: "bit 0" }, "mask", true)).toBe("(1ULL << 0)");
  });

  it("changes a bit number into a mask and back as a house has it", () => {
    expect(constantLiteral({ type: "bit", value: 1, text: "1" }, "mask")).toBe("(1 << 1)");
    expect(constantLiteral({ type: "mask", value: 0x8000, text: "bit 15" }, "bit")).toBe("15");
    expect(constantLiteral({ type: "mask", value: 3, text: "3" }, "bit")).toBeUndefined();
  });
});
