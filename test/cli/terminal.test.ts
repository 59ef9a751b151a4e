import { describe, expect, test } from "vitest";
import { folderWith, lamp, shell, virtgen } from "./run-virtgen.ts";

const bad = { "bad.virtio": lamp.replace("if DIM", "if DIMM") };
const colour = "\u001B[";

describe("colour", () => {
  test.each<[string, NodeJS.ProcessEnv, boolean]>([
    ["none in a pipe", {}, false],
    ["with FORCE_COLOR", { FORCE_COLOR: "1" }, true],
    ["none with FORCE_COLOR=0", { FORCE_COLOR: "0" }, false],
    ["none with NO_COLOR", { NO_COLOR: "1" }, false],
    ["FORCE_COLOR wins", { NO_COLOR: "1", FORCE_COLOR: "1" }, true],
  ])("%s", async (_, env, expected) => {
    const folder = folderWith(bad);
    const { err } = await virtgen(["check", "bad.virtio"], { cwd: folder, env });
    expect(err.includes(colour)).toBe(expected);
    const call = await virtgen(["check", "nothing.virtio"], { cwd: folder, env });
    expect(call.err.includes(colour)).toBe(expected);
    const page = await virtgen(["explain", "V2001"], { env });
    expect(page.out.includes(colour)).toBe(expected);
  });

  // `script`, which is part of every Debian, gives a program a terminal.
  test("on a terminal, unless NO_COLOR", async () => {
    const folder = folderWith(bad);
    const onTerminal = 'script -qec "$VIRTGEN check bad.virtio" /dev/null';
    expect((await shell(`TERM=xterm ${onTerminal}`, { cwd: folder })).out).toContain(colour);
    expect((await shell(`NO_COLOR=1 ${onTerminal}`, { cwd: folder })).out).not.toContain(colour);
    expect((await shell(`TERM=dumb ${onTerminal}`, { cwd: folder })).out).not.toContain(colour);
  });
});

describe("standard output", () => {
  test("may be closed early", async () => {
    const { status, out, err } = await shell("set -o pipefail; $VIRTGEN ir | head -1");
    expect({ status, out, err }).toEqual({ status: 0, out: "{\n", err: "" });
  });

  test("keeps the status of what was found when it is closed early", async () => {
    const folder = folderWith(bad);
    expect(
      (await shell("$VIRTGEN check --format json bad.virtio | true; exit ${PIPESTATUS[0]}", { cwd: folder })).status,
    ).toBe(1);
  });

  test("that is full is an error", async () => {
    const { status, err } = await shell("$VIRTGEN ir > /dev/full");
    expect(err).toBe(
      "error[V9004]: cannot write the output: no space is left on the device\n  help: send it elsewhere\n",
    );
    expect(status).toBe(2);
  });

  test("carries nothing but what was asked for: no progress, no summary", async () => {
    const { out, err } = await virtgen(["ir", "--revision", "1.2", "specs/device/entropy.virtio"]);
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({ format: "virtgen-ir", version: 1, revision: "1.2" });
  });
});
