import type { Rule } from "./rule.ts";

export const incompleteErratum: Rule = {
  code: "V6004",
  name: "incomplete-erratum",
  severity: "error",
  summary: "an erratum that does not say what is written, what is meant, why, or where",
  explanation: `An erratum keeps both readings: \`text\` is what the standard says, \`meant\` what this description takes instead, and
\`because\` why. Readers have to be able to disagree, so none of the three may be missing.
\`at "file.tex:254";\` may say where in the standard's LaTeX the text stands, several times for several places.`,
  bad: `device disk = 60 "Disk";

struct head {
  le64 sector
    erratum "length of the head" { text: "the head has 8 bytes"; meant: "16 bytes"; };
}
`,
  good: `device disk = 60 "Disk";

struct head {
  le64 sector
    erratum "length of the head" { text: "the head has 8 bytes"; meant: "16 bytes"; because "that is their sum"; };
}
`,
};
