import type { Finding } from "../diagnostic/diagnostic.ts";
import type { Part, Request } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isRequest } from "../ir/item-kinds.ts";
import { partsOf } from "./survey/parts.ts";

export const directionAgainstKind: Rule = {
  code: "V4014",
  name: "direction-against-kind",
  severity: "error",
  summary: "a message that the device writes, an event that it reads, a request that nothing answers",
  explanation: `A \`request\` is answered: the device writes something, be it a status only, or a \`response to\` it says what. A \`message\` goes one way, from the driver to
the device, which reads it; only where the address of the buffer is the message (\`by address\`) may it be a part that the
device could write. For an \`event\` the driver posts buffers, and the device writes them.`,
  bad: `device disk = 60 "Disk";

queues {
  requestq = 0;
}
request flush on requestq {
  device-readable { le32 type; }
}
`,
  good: `device disk = 60 "Disk";

queues {
  requestq = 0;
}
request flush on requestq {
  device-readable { le32 type; }
  device-writable { u8 status; }
}
`,
  needsAll: true,
  *check(survey) {
    for (const module of survey.modules) {
      const answered = new Set(module.items.flatMap((item) => (item.kind === "response" ? [item.to] : [])));
      for (const item of module.items) {
        if (isRequest(item) && item.parts.length > 0) yield* ofMessage(item, answered.has(item.name));
      }
    }
  },
};

/** `answered` where a response of its own says what the device writes. */
function* ofMessage(message: Request, answered: boolean): Iterable<Finding> {
  const parts = partsOf(message.parts);
  const readable = parts.find((part) => part.direction === "device-readable");
  const writable = parts.find((part) => part.direction === "device-writable" && part.byAddress !== true);
  switch (message.kind) {
    case "request":
      if (!answered && parts.every((part) => part.direction === "device-readable")) {
        yield {
          message: `the request '${message.name}' is not answered: the device writes nothing`,
          at: message.at,
          help: "what goes one way is a 'message'; an answer stands in 'device-writable { … }'",
        };
      }
      break;
    case "message":
      if (writable !== undefined)
        yield against(message, writable, "is a message, which goes one way, but the device writes this part");
      break;
    case "event":
      if (readable !== undefined)
        yield against(message, readable, "is an event, whose buffers the device fills, but it reads this part");
      break;
  }
}

function against(message: Request, part: Part, what: string): Finding {
  return {
    message: `'${message.name}' ${what}`,
    at: part.at,
    related: [{ at: message.at, message: `declared as ${message.kind}` }],
    help: "what goes both ways is a 'request'",
  };
}
