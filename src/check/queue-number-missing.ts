import type { Rule } from "./rule.ts";

export const queueNumberMissing: Rule = {
  code: "V4013",
  name: "queue-number-missing",
  severity: "warning",
  summary: "a queue number that is left out even with all features",
  explanation: `With all features negotiated the queues of every device of the standard are numbered from 0 without a gap; a gap is there
only where an optional queue is missing. A driver sets queues up one after the other, and a transport takes the first
number that does not exist for the end.`,
  bad: `device nic = 61 "Nic";

queues {
  receiveq  = 0;
  transmitq = 2;
}
`,
  good: `device nic = 61 "Nic";

queues {
  receiveq  = 0;
  transmitq = 1;
}
`,
  needsAll: true,
  *check(survey) {
    for (const problem of survey.queueProblems) if (problem.kind === "missing") yield problem.finding;
  },
};
