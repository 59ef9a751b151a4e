import { expect, test } from "vitest";
import { root, textOf, virtgen } from "./cli/run-virtgen.ts";

test("generated/ is what virtgen build writes", async () => {
  // When this fails: npm start, and look at what changed.
  const { status, out, err } = await virtgen(["build", "--check"]);
  expect({ status, out, err }).toEqual({ status: 0, out: expect.stringMatching(/^\d+ files up to date\n$/), err: "" });
}, 60_000);

test("examples/qtest/generated is what virtgen build writes", async () => {
  const { scripts } = JSON.parse(textOf(root, "package.json"));
  const call = String(scripts.own).replace("node dist/bin/virtgen.js ", "").split(" ");
  const { status, out, err } = await virtgen([...call, "--check"]);
  expect({ status, out, err }).toEqual({ status: 0, out: expect.stringMatching(/^\d+ files up to date\n$/), err: "" });
});
