import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { command, folderWith, lamp, listing, put, start, textOf } from "./run-virtgen.ts";

async function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000, interval: 50 });
}

describe("virtgen build --watch", () => {
  test("builds again when a description or a template changes, and goes on after an error", async () => {
    const folder = folderWith({ ...listing, "d/lamp.virtio": lamp });
    const child = start(
      process.execPath,
      [command, "build", "--watch", "--templates", "templates", "--out", "out", "d"],
      { cwd: folder },
    );
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    try {
      await until(() => expect(said).toMatch(/2 written[^]*watching/));
      put(folder, "d/lamp.virtio", lamp.replace("DIM = 0", "DIM = 5"));
      await until(() => expect(textOf(folder, "out/lamp.txt")).toContain("= 5"));
      put(folder, "d/second.virtio", 'device second = 62 "Second";\n');
      await until(() => expect(textOf(folder, "out/second.txt")).toBe("Second, 1.4\n"));
      put(folder, "d/lamp.virtio", lamp.replace("if DIM", "if DIMM"));
      await until(() => expect(said).toContain("nothing here is named 'DIMM'"));
      put(folder, "templates/[module].txt.hbs", "{{#each nothing}");
      put(folder, "d/lamp.virtio", lamp);
      await until(() =>
        expect(said).toContain(`error[V9007]: ${join("templates", "[module].txt.hbs")}:1: it does not parse here`),
      );
      put(folder, "templates/[module].txt.hbs", "mended {{module.name}}");
      await until(() => expect(textOf(folder, "out/lamp.txt")).toBe("mended lamp"));
    } finally {
      child.kill("SIGINT");
    }
    expect(await ended).toBe(0);
    expect(said).not.toMatch(/^ +at /m);
  });
});
