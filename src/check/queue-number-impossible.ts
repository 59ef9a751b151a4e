import type { Rule } from "./rule.ts";

export const queueNumberImpossible: Rule = {
  code: "V4007",
  name: "queue-number-impossible",
  severity: "error",
  summary: "a queue number below 0 or above 65535, or a row of queues without any",
  explanation: `A queue has a number from 0 to 65535. Formulas are tried with every set of features, with small values of what they use,
and with the largest and smallest ones that a rule allows. Where a rule allows no queue at all, or too many, either the
rule or the formula is wrong; where it is the standard's own, the tighter rule carries an erratum.`,
  bad: `device nic = 61 "Nic";

queues {
  receiveq[i]  = 2*i     for i in 0..config.max_pairs - 1;
  transmitq[i] = 2*i + 1 for i in 0..config.max_pairs - 1;
  controlq     = 2*config.max_pairs;
}
config {
  le16 max_pairs in 1..0x8000;
}
`,
  good: `device nic = 61 "Nic";

queues {
  receiveq[i]  = 2*i     for i in 0..config.max_pairs - 1;
  transmitq[i] = 2*i + 1 for i in 0..config.max_pairs - 1;
  controlq     = 2*config.max_pairs;
}
config {
  le16 max_pairs in 1..0x7fff;
}
`,
  *check(survey) {
    for (const problem of survey.queueProblems) if (problem.kind === "impossible") yield problem.finding;
  },
};
