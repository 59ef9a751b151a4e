import { describe, expect, it } from "vitest";
import { headerOf } from "./descriptions.ts";

const house = (items: string): string => `house linux { header "virtio_test.h"; ${items} }`;

/** The lines of a header from its first block to its last. */
function body(text: string): string {
  const header = headerOf(`device test = 99 "Test Device";\n${text}`, "linux", "virtio_test.h");
  return header
    .slice(header.indexOf("#define VIRTIO_TEST_H") + 1)
    .replace(/^[^]*?\n\n/, "")
    .replace(/\n\n#endif.*\n$/, "");
}

describe("macros", () => {
  it("stand in columns, with their comments behind them", () => {
    const text = `enum S { OK = 0; /// Done.\n IOERR = 1; /// Failed.\n } ${house("")}`;
    expect(body(text)).toContain(
      "#define VIRTIO_TEST_S_OK\t0\t/* Done. */\n#define VIRTIO_TEST_S_IOERR\t1\t/* Failed. */",
    );
  });

  it("have their comments above them where one is too long to stand behind", () => {
    const text = `enum S { OK = 0; /// Done.\n IOERR = 1; /// ${"Failed. ".repeat(12)}\n } ${house("")}`;
    expect(body(text)).toContain("/* Done. */\n#define VIRTIO_TEST_S_OK\t0\n/*\n * Failed. Failed.");
  });

  it("of the legacy interface stand behind the switch", () => {
    const text = `features { A = 1; legacy B = 2; C = 3; } ${house("no_legacy VIRTIO_TEST_NO_LEGACY;")}`;
    expect(body(text)).toBe(
      "/* Feature bits */\n#define VIRTIO_TEST_F_A\t1\n#define VIRTIO_TEST_F_C\t3\n\n#ifndef VIRTIO_TEST_NO_LEGACY\n#define VIRTIO_TEST_F_B\t2\n#endif /* !VIRTIO_TEST_NO_LEGACY */",
    );
  });

  it("have Linux' names, further ones and kinds", () => {
    const text = `bits SHUTDOWN { RECEIVE = 0 alias linux VIRTIO_TEST_SHUTDOWN_RCV as mask; SEND = 1 also linux VIRTIO_TEST_SEND; } ${house("")}`;
    expect(body(text)).toContain("#define VIRTIO_TEST_SHUTDOWN_RCV\t(1 << 0)\n#define VIRTIO_TEST_SHUTDOWN_SEND\t1\n");
    expect(body(text)).toContain("#define VIRTIO_TEST_SEND\t\tVIRTIO_TEST_SHUTDOWN_SEND");
  });

  it("may be defined by the program where the house says so", () => {
    const text = house("const VIRTIO_TEST_DEFAULT = 32; const VIRTIO_TEST_SIZE = VIRTIO_TEST_DEFAULT overridable;");
    expect(body(text)).toContain("#ifndef VIRTIO_TEST_SIZE\n#define VIRTIO_TEST_SIZE\tVIRTIO_TEST_DEFAULT\n#endif");
  });

  it("give the length of an array where they stand before it", () => {
    const text = `struct a { u8 cdb[32]; } ${house("const VIRTIO_TEST_SIZE = 32 overridable; view struct virtio_test_a of a { u8 cdb[VIRTIO_TEST_SIZE]; }")}`;
    expect(body(text)).toContain("__u8 cdb[VIRTIO_TEST_SIZE];");
  });

  it("are defined once where the standard gives them twice", () => {
    const text = `features { A = 1; } bits MORE c_prefix VIRTIO_TEST_F_ { A = 1; B = 2; } ${house("")}`;
    expect(body(text).match(/#define VIRTIO_TEST_F_A\t/g)).toHaveLength(1);
  });
});
