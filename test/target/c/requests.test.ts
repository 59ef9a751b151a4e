import { afterAll, describe, expect, it } from "vitest";
import { compilers, Workspace } from "./compilers.ts";
import { filesOf, headerOf, irOf } from "./descriptions.ts";

const workspace = new Workspace();
afterAll(() => {
  workspace.remove();
});

const device = (text: string): string =>
  `device test = 99 "Test Device";\nqueues { q = 0; }\nenum T { A = 0; B = 1; }\n${text}`;

/** The structs of a description, by tag, with their members' names in order. */
function structsOf(text: string): ReadonlyMap<string, string> {
  const source = device(text);
  const header = headerOf(source, "spec", "virtio_test.h");
  workspace.write([
    ...filesOf(irOf([{ path: "test.virtio", text: source }]), "spec"),
    { path: "unit.c", text: '#include "virtio_test.h"\nextern int unit;\n' },
  ]);
  for (const compiler of compilers) expect(workspace.check(compiler, ["unit.c"], ["-I."])).toBe("");
  const found = header.matchAll(/^(?:__extension__ )?struct virtio_test_(\w+) \{\n([^]*?)^\};$/gm);
  return new Map(
    [...found].map(([, tag = "", body = ""]) => [
      tag,
      [...body.matchAll(/(\w+)(?:\[.*\])?;/g)].map(([, name]) => name).join(" "),
    ]),
  );
}

/** The listings of a description's messages. */
function listingOf(text: string): string {
  return headerOf(device(text), "spec", "virtio_test.h");
}

const management = `request ctrl on q {
  device-readable { le32 type : T; }
  switch type {
    A c_name virtio_test_ctrl_tmf : device-readable { u8 lun[8]; }
    B : device-readable { le16 x; } device-writable { le32 actual; }
  }
  device-writable { u8 response; }
}`;

describe("a message that the standard has a name for", () => {
  it("has one struct with the members of all parts, and one for each part that a driver places", () => {
    const structs = structsOf(management);
    expect(structs.get("ctrl")).toBe("type");
    expect(structs.get("ctrl_tmf")).toBe("type lun response");
    expect(structs.get("ctrl_tmf_out")).toBe("type lun");
    expect([...structs.keys()]).toEqual(["ctrl", "ctrl_tmf", "ctrl_tmf_out"]);
  });

  it("is listed on its own, and the request says where", () => {
    const text = listingOf(management);
    expect(text).toContain(" *\t\tVIRTIO_TEST_T_A:\n *\t\t\tsee virtio_test_ctrl_tmf below\n");
    expect(text).toContain(
      " * virtio_test_ctrl_tmf, request ctrl with VIRTIO_TEST_T_A:\n *\tdevice-readable: struct virtio_test_ctrl_tmf_out\n *\tdevice-writable: u8 response\n",
    );
  });

  it("leaves a part that the standard has a struct for apart, be it of one member", () => {
    const structs = structsOf(`request r on q {
      device-readable { le32 type : T; }
      switch type {
        A c_name virtio_test_ask :
          device-readable { le32 x; }
          device-writable c_name virtio_test_answer { le32 result; }
      }
    }`);
    expect(Object.fromEntries(structs)).toEqual({ r: "type", ask: "type x", answer: "result" });
  });

  it("is a struct even if it adds nothing to the head, which is one of the description", () => {
    const structs = structsOf(`struct head { le32 type : T; }
    request r on q {
      device-readable { struct head head; }
      switch head.type {
        A c_name virtio_test_ask : device-writable c_name virtio_test_answer { struct head head; }
        B : device-readable { le32 y; }
      }
    }`);
    expect(Object.fromEntries(structs)).toEqual({ head: "type", ask: "head", answer: "head" });
  });

  it("gives its name to its first part where sizes vary", () => {
    const structs = structsOf(`request r on q {
      device-readable { le32 type : T; }
      switch type { A c_name virtio_test_append : device-readable { u8 data[]; } device-writable { le64 place; } }
      device-writable { u8 status; }
    }`);
    expect(structs.get("append")).toBe("type data");
    expect(structs.get("append_in")).toBe("place status");
  });

  it("keeps apart what has a name of its own", () => {
    const structs = structsOf(`request r on q {
      device-readable { le32 type : T; }
      switch type { A c_name virtio_test_cmd : device-readable cdb { u8 op; u8 flags; } device-writable sense { u8 key; u8 code; } }
      device-writable { u8 status; u8 left; }
    }`);
    expect(structs.get("cmd")).toBe("type op flags key code status left");
    expect(structs.get("cmd_cdb")).toBe("op flags");
    expect(structs.get("cmd_sense")).toBe("key code");
    expect(structs.get("cmd_in")).toBe("status left");
  });

  it("is not put together where two members have one name", () => {
    const structs = structsOf(`request r on q {
      device-readable { le32 type : T; le32 reserved; }
      switch type { A c_name virtio_test_cmd : device-readable { u8 op; u8 reserved[3]; } }
      device-writable { u8 status; u8 left; }
    }`);
    expect([...structs.keys()]).toEqual(["r", "r_in", "cmd", "cmd_out", "cmd_in"]);
    expect(structs.get("cmd_out")).toBe("op reserved");
  });
});

describe("a request without alternatives", () => {
  it("has a struct of all parts where their sizes are fixed", () => {
    const structs = structsOf("request r on q { device-readable { le32 a; le16 b; } device-writable { u8 c; u8 d; } }");
    expect([...structs]).toEqual([
      ["r", "a b c d"],
      ["r_out", "a b"],
      ["r_in", "c d"],
    ]);
  });

  it("is cut otherwise", () => {
    const structs = structsOf("request r on q { device-readable { le32 a; u8 b[]; } device-writable { u8 c; u8 d; } }");
    expect([...structs]).toEqual([
      ["r", "a b"],
      ["r_in", "c d"],
    ]);
  });
});
