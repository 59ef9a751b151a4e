import { expect } from "vitest";
import { format } from "../../grammar/format/format.ts";

/** Formats, and demands that formatting the result changes nothing. */
export function layout(text: string): string {
  const once = format(text, "test.virtio");
  if ("diagnostics" in once) throw new Error(once.diagnostics.map((one) => one.message).join("; "));
  expect(format(once.text, "test.virtio"), "formatted once more").toEqual({ text: once.text });
  return once.text;
}
