import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describedFiles, folder } from "../../scripts/describe-runtime.mjs";
import { CommonCfg, CommonRegister, commonRegisters, legacyHeaderRegisters } from "../../src/runtime/described/pci.ts";
import { root, textOf } from "../cli/run-virtgen.ts";

test("src/runtime/described/ is what virtgen generates for it", async () => {
  // When this fails: npm start, and look at what changed.
  const wanted = await describedFiles();
  expect(readdirSync(join(root, folder)).toSorted()).toEqual([...wanted.keys()]);
  for (const [name, text] of wanted) expect(textOf(root, `${folder}/${name}`)).toBe(text);
  expect([...wanted.keys()]).toEqual(expect.arrayContaining(["config.ts", "mmio.ts", "pci.ts", "ring-constants.ts"]));
}, 60_000);

test("its codecs work on the runtime that they import", () => {
  const bytes = new Uint8Array(64);
  bytes[CommonRegister.queue_select] = 3;
  bytes[CommonRegister.queue_desc + 4] = 1;
  bytes[CommonRegister.queue_reset] = 1;
  const read = CommonCfg.withContext({ features: new Set([40, 41]) }).fromBytes(bytes);
  expect(read).toMatchObject({ queue_select: 3, queue_desc: 0x1_0000_0000n, queue_reset: 1 });
  expect(read.queue_notif_config_data).toBeUndefined();
});

test("registers tell what selects them and on what they depend", () => {
  expect(commonRegisters.queue_device).toEqual({ access: "rw", size: 8, bank: "queue_select" });
  expect(commonRegisters.queue_reset.features).toEqual([40]);
  expect(legacyHeaderRegisters.config.parameter).toEqual({ name: "msix_enabled", not: true });
  expect(legacyHeaderRegisters.config_with_msix.parameter).toEqual({ name: "msix_enabled" });
});
