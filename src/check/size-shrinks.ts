import type { Rule } from "./rule.ts";
import { counted } from "./survey/words.ts";

export const sizeShrinks: Rule = {
  code: "V5006",
  name: "size-shrinks",
  severity: "error",
  summary: "a struct, part or configuration space that is shorter in the next revision",
  explanation: `A driver of an older revision gives, and a device of an older revision expects, all the bytes that it knows. So nothing gets
shorter from one revision to the next: what is no longer used stays as reserved bytes.`,
  bad: `device disk = 60 "Disk";

struct range {
  le64 sector;
  le32 num_sectors;
  le32 flags until 1.2;
}
`,
  good: `device disk = 60 "Disk";

struct range {
  le64 sector;
  le32 num_sectors;
  le32 flags    until 1.2;
  le32 reserved since 1.2;
}
`,
  needsAll: true,
  *check(survey) {
    for (const { before, after, from, to, title, element } of survey.growth) {
      if (before.end.base !== after.end.base || after.end.offset >= before.end.offset) continue;
      // Where something moved as well, that has been reported.
      if (
        after.entries.some((entry) => {
          const earlier = before.find(entry);
          return earlier !== undefined && earlier.base === entry.base && earlier.offset !== entry.offset;
        })
      )
        continue;
      const gone = before.entries.findLast((entry) => after.find(entry) === undefined);
      const relative = before.end.base === "" ? "" : ` behind '${before.end.base}'`;
      yield {
        message: `${title} has ${counted(before.end.offset, "byte")}${relative} in ${from}, but only ${after.end.offset} in ${to}`,
        at: gone?.element.at ?? element.at,
        ...(gone === undefined
          ? {}
          : { label: `gone in ${to}`, related: [{ at: element.at, message: `shorter in ${to}` }] }),
        help: `keep the bytes: 'u8 reserved[${before.end.offset - after.end.offset}] since ${to};'`,
      };
    }
  },
};
