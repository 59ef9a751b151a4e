import { describe, expect, it } from "vitest";
import { headerOf } from "./descriptions.ts";

/** The structs of a header made of one description, with their comments, each as one text without its asserts. */
function structsOf(text: string, profile: "linux" | "spec" = "spec"): readonly string[] {
  const source = `device test = 99 "Test Device";\n${text}`;
  const header = headerOf(source, profile, "virtio_test.h");
  const found = header.match(/^(?:__extension__ )?struct \w+ \{\n[^]*?^\}.*;$/gm) ?? [];
  return found.map((struct) => struct.replaceAll(/\n\t?/g, "\n"));
}

const house = 'house linux { header "virtio_test.h" includes "linux/types.h", "linux/virtio_types.h"; }';

/** The house with a view of struct `a`. */
const viewed = (tag: string): string => house.replace("; }", `; view struct ${tag} of a { x as renamed; } }`);

describe("a struct", () => {
  it("ends with a flexible array where its last member is one", () => {
    expect(structsOf("struct a { le16 count; le32 ids[count]; }")).toEqual([
      "__extension__ struct virtio_test_a {\nvirtio_le16 count;\nvirtio_le32 ids[/* count */];\n};",
    ]);
  });

  it("is cut behind a member of varying size", () => {
    const [head, tail, ...more] = structsOf("struct a { le16 count; u8 data[count]; le16 last; le32 sum; u8 rest[]; }");
    expect(head).toBe(
      "__extension__ struct virtio_test_a {\nvirtio_le16 count;\nuint8_t data[/* count */];\n/*\n * Followed by:\n *\tstruct virtio_test_a_after_data\n */\n};",
    );
    expect(tail).toBe(
      "__extension__ struct virtio_test_a_after_data {\nvirtio_le16 last;\nvirtio_le32 sum;\nuint8_t rest[];\n};",
    );
    expect(more).toEqual([]);
  });

  it("is cut before a struct that may be shorter", () => {
    const [shorter, head] = structsOf(
      "features { MORE = 0; } struct inner { u8 a; u8 b if MORE; } struct outer { le32 x; struct inner inner; u8 packet[]; }",
    );
    expect(shorter).toMatch(/^struct virtio_test_inner \{/);
    expect(head).toMatch(
      /virtio_le32 x;\n\/\*\n \* Followed by:\n \*\tstruct virtio_test_inner inner\n \*\tu8 packet\[\]\n \*\/\n\};$/,
    );
  });

  it("leaves members that a feature removes to a struct of their own", () => {
    const structs = structsOf(
      "features { T10_PI = 3; } struct a { u8 lun[8]; present if T10_PI { le32 out; le32 in; } u8 cdb[config.size]; le16 last; le16 more; }\nconfig { le32 size; }",
    );
    expect(structs.map((struct) => /struct (\w+)/.exec(struct)?.[1])).toEqual([
      "virtio_test_a",
      "virtio_test_a_after_cdb",
      "virtio_test_a_t10_pi",
      "virtio_test_config",
    ]);
    expect(structs[0]).toContain(
      " *\tstruct virtio_test_a_t10_pi, only with VIRTIO_TEST_F_T10_PI\n *\tu8 cdb[config.size]\n *\tstruct virtio_test_a_after_cdb",
    );
  });

  it("leaves the alternatives of a switch to structs of their own", () => {
    const structs = structsOf(
      "enum T { A = 0; B = 1; C = 2; } struct a { le32 type : T; switch type { A : { le32 x; le64 y; } B : u8 z; C : struct c; } } struct c { le16 d; }",
    );
    expect(structs.map((struct) => /struct (\w+)/.exec(struct)?.[1])).toEqual([
      "virtio_test_a",
      "virtio_test_a_a",
      "virtio_test_c",
    ]);
    expect(structs[0]).toContain(
      " *\tby type:\n *\t\tVIRTIO_TEST_T_A:\n *\t\t\tstruct virtio_test_a_a\n *\t\tVIRTIO_TEST_T_B:\n *\t\t\tu8 z\n *\t\tVIRTIO_TEST_T_C:\n *\t\t\tstruct virtio_test_c c",
    );
  });

  it("has unions for alternatives of one size", () => {
    const [struct] = structsOf("struct a { union { le32 number; u8 bytes[4]; }; union { le16 x; le16 y; } named; }");
    expect(struct).toBe(
      "struct virtio_test_a {\nunion {\n\tvirtio_le32 number;\n\tuint8_t bytes[4];\n};\nunion {\n\tvirtio_le16 x;\n\tvirtio_le16 y;\n} named;\n};",
    );
  });

  it("gives a keyword of C++ another name there, and one of C everywhere", () => {
    const [struct] = structsOf("struct a { u8 class; u8 default; }");
    expect(struct).toBe(
      "struct virtio_test_a {\n#ifdef __cplusplus\nuint8_t class_;\n#else\nuint8_t class;\n#endif\nuint8_t default_;\n};",
    );
  });

  it("names a word of bit groups after its only group", () => {
    const [struct, several] = structsOf(
      "struct a { le16 { type : 12; reserved : 4; } } struct b { le32 { x : 1; y : 31; } le32 { z : 16; w : 16; } }",
    );
    expect(struct).toContain("virtio_le16 type;");
    expect(several).toContain("virtio_le32 bits;\nvirtio_le32 bits2;");
  });

  it("stands behind the structs that it holds", () => {
    const structs = structsOf("struct a { struct b b; } struct b { struct c c; } struct c { u8 x; }");
    expect(structs.map((struct) => /struct (\w+)/.exec(struct)?.[1])).toEqual([
      "virtio_test_c",
      "virtio_test_b",
      "virtio_test_a",
    ]);
  });
});

describe("a struct for Linux", () => {
  it("has the guest's byte order where the legacy interface has it, unless Linux says little", () => {
    const [struct] = structsOf(
      `legacy native a; struct a { le16 x; le32 y order linux little; be16 z; u8 w; } ${house}`,
      "linux",
    );
    expect(struct).toBe("struct virtio_test_a {\n__virtio16 x;\n__le32 y;\n__be16 z;\n__u8 w;\n};");
  });

  it("is packed only where Linux packs it", () => {
    const [packed, natural] = structsOf(
      `struct a packed linux { u8 x; le32 y; } struct b { u8 x; le32 y; } ${house}`,
      "linux",
    );
    expect(packed).toMatch(/\} __attribute__\(\(packed\)\);$/);
    expect(natural).toMatch(/\n\};$/);
  });

  it("has a member's older name beside the other", () => {
    const [struct] = structsOf(`struct a { le32 hint also linux report; } ${house}`, "linux");
    expect(struct).toBe("struct virtio_test_a {\nunion {\n\t__le32 hint;\n\t__le32 report;\n};\n};");
  });

  it("gives way to a view of the same tag and stands beside one of another", () => {
    expect(structsOf(`struct a { le32 x; le32 y; } ${viewed("virtio_test_a")}`, "linux")).toEqual([
      "struct virtio_test_a {\n__le32 renamed;\n};",
    ]);
    expect(structsOf(`struct a { le32 x; le32 y; } ${viewed("virtio_test_head")}`, "linux")).toHaveLength(2);
  });

  it("is not written where it is omitted", () => {
    expect(
      structsOf(`struct a { le32 x; } struct b { u8 y; } ${house.replace("; }", "; omit a; }")}`, "linux"),
    ).toEqual(["struct virtio_test_b {\n__u8 y;\n};"]);
  });
});
