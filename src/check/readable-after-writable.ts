import type { Rule } from "./rule.ts";
import type { Body } from "./survey/bodies.ts";
import { together } from "./survey/presence.ts";

export const readableAfterWritable: Rule = {
  code: "V4008",
  name: "readable-after-writable",
  severity: "error",
  summary: "a part that the device reads behind one that it writes",
  explanation: `In a buffer all descriptors that the device reads come before those that it writes: a ring cannot say it any other way,
and a driver MUST NOT place them otherwise ("Message Framing"). Parts of alternatives, or with conditions, that exclude
each other may stand in any order.`,
  bad: `device disk = 60 "Disk";

queues {
  requestq = 0;
}
request write on requestq {
  device-readable { le64 sector; }
  device-writable { u8 status; }
  device-readable { u8 data[]; }
}
`,
  good: `device disk = 60 "Disk";

queues {
  requestq = 0;
}
request write on requestq {
  device-readable { le64 sector; }
  device-readable { u8 data[]; }
  device-writable { u8 status; }
}
`,
  *check(survey) {
    const written = new Map<object, Body[]>();
    for (const body of survey.bodies) {
      if (body.kind !== "part") continue;
      if (directionOf(body) === "device-writable") {
        written.set(body.item, [...(written.get(body.item) ?? []), body]);
        continue;
      }
      const before = written.get(body.item)?.find((other) => together(other.guards, body.guards));
      if (before === undefined) continue;
      yield {
        message: `'${body.item.name}' has a part that the device reads behind one that it writes`,
        at: body.element.at,
        related: [{ at: before.element.at, message: "the device writes this" }],
        help: "move it before all that the device writes: a buffer has its readable descriptors first",
      };
    }
  },
};

function directionOf(body: Body): string {
  return "direction" in body.element ? String(body.element.direction) : "";
}
