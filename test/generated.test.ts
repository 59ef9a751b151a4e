import { expect, test } from "vitest";
import { virtgen } from "./cli/run-virtgen.ts";

test("generated/ is what virtgen build writes", async () => {
  // When this fails: npm start, and look at what changed.
  const { status, out, err } = await virtgen(["build", "--check"]);
  expect({ status, out, err }).toEqual({ status: 0, out: expect.stringMatching(/^\d+ files up to date\n$/), err: "" });
}, 60_000);
