import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ir } from "../../../src/ir/model.ts";
import { machines, Workspace } from "./compilers.ts";
import { filesOf, standard } from "./descriptions.ts";

const workspace = new Workspace();
let ir: Ir;

beforeAll(() => {
  ir = standard();
  workspace.write([...filesOf(ir, "spec"), ...filesOf(ir, "selftest")]);
});
afterAll(() => {
  workspace.remove();
});

describe.each(machines)("the self-test on $name", (machine) => {
  it("finds every integer and bit group where the standard has it", () => {
    const { status, output } = workspace.execute(machine, "virtio_selftest.c", ["-I."]);
    expect(output).toMatch(/^\d{4,} checks, 0 failures$/);
    expect(status).toBe(0);
  });
});

describe("a self-test of wrong headers", () => {
  it("fails", () => {
    const [machine] = machines;
    if (machine === undefined) throw new Error("there is no machine");
    const wrong = new Workspace();
    // The asserts would not let it be compiled; a wrong shift in an accessor is what only running finds.
    const files = filesOf(ir, "spec").map((file) =>
      file.path === "virtio_types.h"
        ? {
            ...file,
            text: file.text.replace("integer->b[1] = (uint8_t)(value >> 8);", "integer->b[1] = (uint8_t)(value >> 9);"),
          }
        : file,
    );
    wrong.write([...files, ...filesOf(ir, "selftest")]);
    const { status, output } = wrong.execute(machine, "virtio_selftest.c", ["-I."]);
    wrong.remove();
    expect(status).toBe(1);
    expect(output).toMatch(/setting virtio_blk_config\.num_queues: got/);
  });
});
