import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import type { BitGroup, BitWord, Revision } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { revisionsOf, spellRevisions } from "./survey/survey.ts";
import { called, counted } from "./survey/words.ts";

export const bitGroupsMisfit: Rule = {
  code: "V3002",
  name: "bit-groups-misfit",
  severity: "error",
  summary: "bit groups that do not fill their word, or do not fit into it",
  explanation: `The bit groups of a word are numbered from its least significant bit, and together they are exactly as wide as the word,
in every revision: what has no meaning yet is a group \`reserved\`. Then a group that was forgotten, or counted wrong, is
found, and a device can check that the reserved bits are 0.`,
  bad: `device disk = 60 "Disk";

struct range {
  le32 flags {
    unmap    : 1;
    reserved : 30;
  }
}
`,
  good: `device disk = 60 "Disk";

struct range {
  le32 flags {
    unmap    : 1;
    reserved : 31;
  }
}
`,
  *check(survey) {
    for (const { member } of survey.sites) if (member.kind === "bits") yield* inWord(member);
  },
};

function* inWord(word: BitWord): Iterable<Finding> {
  const width = word.type.size * 8;
  for (const group of word.bits) {
    if (group.width > 0 && Number.isInteger(group.width)) continue;
    yield {
      message: `the bit group '${group.name}' has ${counted(group.width, "bit")}`,
      at: group.at,
      help: "leave it out, or give it at least one",
    };
    return;
  }
  if (word.bits.length === 0) {
    yield {
      message: `${called(word)} has no bit groups`,
      at: word.at,
      help: `write '${word.type.name} name;' for a word that is not cut, or 'reserved : ${width};' inside`,
    };
    return;
  }
  const moved = shifted(word);
  if (moved !== undefined) {
    yield moved;
    return;
  }
  const wrong = revisionsOf(word).filter((revision) => endAt(word, revision) !== width);
  const [first] = wrong;
  if (first === undefined) return;
  const end = endAt(word, first);
  const when = wrong.length === revisionsOf(word).length ? "" : ` in ${spellRevisions(wrong)}`;
  const last = word.bits.findLast((group) => existsAt(group, first));
  const name = word.name === "" ? `a word ${word.type.name}` : `'${word.name}', a ${word.type.name},`;
  if (end < width) {
    const reserved = last?.reserved === true && last.shift + last.width === end;
    yield {
      message: `the bit groups of ${name} have ${counted(end, "bit")}${when}, not ${width}`,
      at: word.at,
      ...(last === undefined ? {} : { related: [{ at: last.at, message: `ends at bit ${end - 1}` }] }),
      help: reserved
        ? `write '${last.name} : ${last.width + width - end};'`
        : `fill the rest: 'reserved : ${width - end};'`,
    };
  } else {
    const outside = word.bits.find((group) => existsAt(group, first) && group.shift + group.width > width);
    yield {
      message: `the bit groups of ${name} have ${counted(end, "bit")}${when}, more than ${width}`,
      at: outside?.at ?? word.at,
      ...(outside === undefined
        ? {}
        : {
            label:
              outside.width === 1
                ? `bit ${outside.shift}`
                : `bits ${outside.shift} to ${outside.shift + outside.width - 1}`,
          }),
      related: [{ at: word.at, message: `has ${width} bits` }],
      help: adviceFor(word, outside),
    };
  }
}

/** A group that has its place in one revision, and in another one bits before it that nobody has, or others have, too. */
function shifted(word: BitWord): Finding | undefined {
  for (const revision of revisionsOf(word)) {
    let end = 0;
    let before: BitGroup | undefined;
    for (const group of word.bits) {
      if (!existsAt(group, revision)) continue;
      const overlaid = group.union !== undefined && group.union === before?.union;
      if (!overlaid && group.shift !== end) return misplaced(group, before, end, revision);
      end = Math.max(overlaid ? end : 0, group.shift + group.width);
      before = group;
    }
  }
  return undefined;
}

function misplaced(group: BitGroup, before: BitGroup | undefined, end: number, revision: Revision): Finding {
  const missing = group.shift - end;
  const left = group.width + missing;
  return {
    message: `'${group.name}' begins at bit ${group.shift}, but in ${revision} what is before it reaches ${missing > 0 ? "only " : ""}to bit ${end - 1}`,
    at: group.at,
    label: "a bit group never moves",
    ...(before === undefined
      ? {}
      : {
          related: [
            {
              at: before.at,
              message: `${counted(Math.abs(missing), "bit")} too ${missing > 0 ? "few" : "many"} in ${revision}`,
            },
          ],
        }),
    help:
      group.reserved === true && missing < 0 && left > 0
        ? `where a new group takes over reserved bits, end these: '${group.name} : ${group.width} until ${revision};' and write '${group.name} : ${left} since ${revision};'`
        : "what takes over bits has as many as it takes over",
  };
}

function adviceFor(word: BitWord, outside: BitGroup | undefined): string {
  if (outside?.reserved !== true || outside.shift >= word.type.size * 8)
    return "make a group smaller, or the word wider";
  const left = word.type.size * 8 - outside.shift;
  return `write '${outside.name} : ${left};'`;
}

/** Where the groups of a revision end. */
function endAt(word: BitWord, revision: Revision): number {
  return word.bits.reduce(
    (end, group: BitGroup) => (existsAt(group, revision) ? Math.max(end, group.shift + group.width) : end),
    0,
  );
}
