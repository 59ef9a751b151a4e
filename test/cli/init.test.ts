import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesIn, folderWith, textOf, virtgen } from "./run-virtgen.ts";

describe("virtgen init", () => {
  test("begins a device: a description that checks, in its canonical layout, and a class for its requests", async () => {
    const cwd = folderWith({});
    const { status, out, err } = await virtgen(["init", "lamp.virtio"], { cwd });
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toBe(
      "wrote  lamp.virtio\nwrote  lamp-device.ts\nnext:  npx virtgen build --target typescript --out generated lamp.virtio\n",
    );
    expect(await virtgen(["check", "lamp.virtio"], { cwd })).toMatchObject({ status: 0, err: "" });
    expect(await virtgen(["fmt", "--check", "lamp.virtio"], { cwd })).toMatchObject({ status: 0 });
    const text = textOf(cwd, "lamp-device.ts");
    expect(text).toContain("export class MyLamp extends LampDevice {");
    expect(text).toContain("  override get(request: Incoming<Req>): Answer<GetAnswer> {");
    expect(text).toContain("from './generated/lamp.ts';");
  });

  test("never writes over anything: what is there is kept, byte for byte", async () => {
    const cwd = folderWith({ "lamp-device.ts": "// mine\n" });
    await virtgen(["init", "lamp.virtio"], { cwd });
    writeFileSync(
      join(cwd, "lamp.virtio"),
      readFileSync(join(cwd, "lamp.virtio"), "utf8").replace("GET = 0", "ASK = 0"),
    );
    const before = textOf(cwd, "lamp.virtio");
    // An alternative names a constant that is gone: the description is reported, not replaced.
    const { status, err } = await virtgen(["init", "lamp.virtio"], { cwd });
    expect(status).toBe(1);
    expect(err).toContain("GET");
    expect(textOf(cwd, "lamp.virtio")).toBe(before);
    expect(textOf(cwd, "lamp-device.ts")).toBe("// mine\n");
  });

  test("takes a description that is there, and folders", async () => {
    const cwd = folderWith({
      "spec/bell.virtio": `device bell = 60 "Bell";

config {
  u8 loudness in 1..9;
  u8 name[8];
}

queues {
  ringq = 0;
}

features {
  LOUD = 0;
}

message ring on ringq {
  device-readable { le32 times; }
}
`,
    });
    const call = ["init", "--out", "src", "--generated", "gen", "--runtime", "./runtime.ts", "spec/bell.virtio"];
    const { status, out } = await virtgen(call, { cwd });
    expect(status).toBe(0);
    expect(out).toContain("kept   spec/bell.virtio\nwrote  src/bell-device.ts\n");
    const text = textOf(cwd, "src/bell-device.ts");
    expect(text).toContain("import { BellDevice, type Ring } from '../gen/bell.ts';");
    expect(text).toContain("import type { Answer, Incoming } from './runtime.ts';");
    expect(text).toContain("loudness: 1,");
    expect(text).toContain("name: new Uint8Array(8),");
    expect(text).toContain("override ring(request: Incoming<Ring>): Answer<void> {");
  });

  test.each([
    ["Lamp.virtio", "is no name for a description"],
    ["lamp.txt", "is no name for a description"],
    ["../la-mp.virtio", "is no name for a description"],
  ])("%s is refused, and nothing written", async (name, message) => {
    const cwd = folderWith({});
    const { status, err } = await virtgen(["init", name], { cwd });
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain("help: ");
    expect(filesIn(cwd)).toEqual([]);
  });

  test("a description without a device has no class", async () => {
    const cwd = folderWith({ "rules.virtio": 'core rules "Rules";\n\nconst A = 1;\n' });
    const { status, err } = await virtgen(["init", "rules.virtio"], { cwd });
    expect(status).toBe(2);
    expect(err).toContain("describes no device with a queue and a request");
  });

  test("a file in the place of a folder is said, and nothing counts as kept", async () => {
    const cwd = folderWith({ src: "a file\n" });
    const { status, out, err } = await virtgen(["init", "--out", "src", "lamp.virtio"], { cwd });
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain("error[V9004]: cannot write 'src/lamp-device.ts'");
    expect(textOf(cwd, "src")).toBe("a file\n");
  });
});
