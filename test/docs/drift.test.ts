import { expect, test } from "vitest";
import { drift } from "../../scripts/drift.mjs";
import { root, textOf } from "../cli/run-virtgen.ts";

test("docs/drift.md says what the command finds in Linux' headers: 'npm run drift' writes it anew", async () => {
  const text = await drift();
  expect(textOf(root, "docs/drift.md")).toBe(text);
  expect(text).toContain("| `struct virtio_snd_ctl_info` | size | 96 bytes | 92 bytes |");
  expect(text).not.toContain(root);
}, 60_000);
