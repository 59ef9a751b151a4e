import { expect, it } from "vitest";
import type { RequestObserver } from "../../../src/runtime/driver/request-observer.ts";
import { mmioRig } from "./mmio-rig.ts";
import { operations, Status } from "./shelf.ts";

it("an observer is told of a request when it goes and when it comes back, before its own handler", async () => {
  const told: string[] = [];
  const observer: RequestObserver = {
    submitted: (request, { name, index }) => told.push(`submitted ${name}[${index}] ${request.underWay}`),
    used: (request, { name, index }, written) => {
      told.push(`used ${name}[${index}] ${written} ${Status.status.get(request.view, request.answerAt)}`);
    },
  };
  const { driver } = mmioRig({ driver: { observer, queues: ({ name }) => name === "requestq" } });
  await driver.start();
  const read = driver.prepare(operations.read, { outputLength: 4 });
  read.submit(() => told.push("done"));
  driver.notifyDevice();
  expect(told.map((line) => line.split(" ")[0])).toEqual(["submitted", "used", "done"]);
  expect(told[0]).toBe("submitted requestq[0] true");
  expect(told[1]).toMatch(/^used requestq\[0\] \d+ \d+$/);
});
