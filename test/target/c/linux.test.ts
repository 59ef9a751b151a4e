import { describe, expect, it } from "vitest";
import { headerOf } from "./descriptions.ts";

const device = `device test = 99 "Test Device";
features { FLUSH = 9; RO = 5; }
enum T { FLUSH = 4; }
`;

const headerFor = (house: string): string =>
  headerOf(
    `${device}house linux { header "virtio_test.h"; no_legacy VIRTIO_TEST_NO_LEGACY; ${house} }`,
    "linux",
    "virtio_test.h",
  );

describe("what Linux omits", () => {
  it("is every element of that name, or that of one group", () => {
    expect(headerFor("omit FLUSH;")).not.toMatch(/FLUSH\b/);
    expect(headerFor("omit features.FLUSH;")).toMatch(/^#define VIRTIO_TEST_T_FLUSH\t4$/m);
    expect(headerFor("omit features.FLUSH;")).not.toContain("VIRTIO_TEST_F_FLUSH");
    expect(headerFor("omit T.FLUSH;")).toMatch(/^#define VIRTIO_TEST_F_FLUSH\t9$/m);
    expect(headerFor("omit T.FLUSH;")).not.toContain("VIRTIO_TEST_T_FLUSH");
  });

  it("must be there", () => {
    expect(() => headerFor("omit features.OUT;")).toThrow(/there is nothing 'features.OUT' to leave out/);
    expect(() => headerFor("omit features.T;")).toThrow(/there is nothing 'features.T' to leave out/);
  });

  it("may come again as what the house takes for legacy", () => {
    const text = headerFor("omit features.FLUSH; legacy const VIRTIO_TEST_F_FLUSH = 9;");
    expect(text).toMatch(/#ifndef VIRTIO_TEST_NO_LEGACY\n#define VIRTIO_TEST_F_FLUSH\t9\n#endif/);
  });
});

it("has an enumeration where Linux has one: several groups may share it, and what is legacy stays behind its switch", () => {
  const text = headerOf(
    `device lamp = 40 "Lamp";

/// What is asked.
enum CMD alias linux virtio_lamp_type {
  ON = 1;
  legacy BLINK = 9;
}
/// What is answered.
flags RESP alias linux virtio_lamp_type {
  DONE = 0x100;  /// Nothing follows.
}
bits STATE alias linux virtio_lamp_state {
  WARM = 3 alias linux VIRTIO_LAMP_WARM as mask;
}
house linux {
  header "virtio_lamp.h";
  no_legacy VIRTIO_LAMP_NO_LEGACY;
}
`,
    "linux",
    "virtio_lamp.h",
  );
  expect(text).toContain(
    [
      "enum virtio_lamp_type {",
      "\t/* What is asked. */",
      "\tVIRTIO_LAMP_CMD_ON\t= 1,",
      "",
      "\t/* What is answered. */",
      "\tVIRTIO_LAMP_RESP_DONE\t= 0x100,\t/* Nothing follows. */",
      "};",
      "",
      "#ifndef VIRTIO_LAMP_NO_LEGACY",
    ].join("\n"),
  );
  expect(text).toMatch(/^#define VIRTIO_LAMP_CMD_BLINK\s+9$/m);
  expect(text).toMatch(/^enum virtio_lamp_state \{\n\tVIRTIO_LAMP_WARM\t= \(1 << 3\),\n\};$/m);
});
