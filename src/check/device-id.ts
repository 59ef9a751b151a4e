import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import type { Constant, Module } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { revisionsOf, spellRevisions, type Survey } from "./survey/survey.ts";

export const deviceId: Rule = {
  code: "V2013",
  name: "device-id",
  severity: "error",
  summary: "a device without an id, or with one that another has or that the table of ids gives to another",
  explanation: `A driver finds its device by the id alone. The standard's table of ids is \`enum ID\` in specs/core/ids.virtio: a device of
the standard has there its name and its number. A device type of one's own takes an id that the table does not have.`,
  bad: `device disk = 2 "Disk";

features {
  RO = 5;
}
`,
  good: `device disk = 60 "Disk";

features {
  RO = 5;
}
`,
  *check(survey) {
    const devices = survey.modules.filter((module) => module.kind === "device");
    const table = tableOf(survey);
    for (const [index, device] of devices.entries()) {
      const { id } = device;
      if (id === undefined) {
        yield {
          message: `'${device.name}' has no device id`,
          at: device.at,
          help: `a driver finds its device by the id: write 'device ${device.name} = NUMBER'`,
        };
        continue;
      }
      if (!Number.isInteger(id) || id < 0 || id > 0xffff_ffff) {
        yield { message: `the device id ${id} of '${device.name}' is no number of 32 bits`, at: device.at };
        continue;
      }
      const first = devices.slice(0, index).find((other) => other.id === id);
      if (first !== undefined) {
        yield {
          message: `'${device.name}' has the device id ${id} of '${first.name}'`,
          at: device.at,
          related: [{ at: first.at, message: `'${first.name}' = ${id}` }],
          help: "a driver finds its device by the id: give one of them another",
        };
      }
      yield* againstTable(device, id, table);
    }
  },
};

function tableOf(survey: Survey): readonly Constant[] {
  const ids = survey.module("ids");
  return ids?.kind === "core" ? survey.constantsOf({ module: "ids", group: "ID" }) : [];
}

function* againstTable(device: Module, id: number, table: readonly Constant[]): Iterable<Finding> {
  const name = device.name.toUpperCase();
  const named = table.find((constant) => constant.name === name);
  const numbered = table.find((constant) => constant.value === id);
  if (named !== undefined && named.value !== id) {
    yield {
      message: `'${device.name}' is ${named.value} in the table of device ids, not ${id}`,
      at: device.at,
      related: [{ at: named.at, message: `'${named.name}' = ${named.text}` }],
      help: `write 'device ${device.name} = ${named.value}'`,
    };
  } else if (numbered !== undefined && numbered !== named) {
    yield {
      message: `the table of device ids gives ${id} to '${numbered.name}', not to '${device.name}'`,
      at: device.at,
      related: [{ at: numbered.at, message: `'${numbered.name}' = ${numbered.text}` }],
      help: `name the device '${numbered.name.toLowerCase()}', or take an id that the table does not have`,
    };
  } else if (named !== undefined) {
    const missing = revisionsOf(device).filter((revision) => !existsAt(named, revision));
    if (missing.length === 0) return;
    yield {
      message: `'${device.name}' is described for ${spellRevisions(missing)}, where the table of device ids does not have it`,
      at: device.at,
      related: [{ at: named.at, message: `'${named.name}' exists since ${named.since}` }],
      help: `write 'since ${named.since}' at the head of the description`,
    };
  }
}
