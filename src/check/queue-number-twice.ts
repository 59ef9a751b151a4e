import type { Rule } from "./rule.ts";

export const queueNumberTwice: Rule = {
  code: "V4006",
  name: "queue-number-twice",
  severity: "error",
  summary: "two queues that have the same number with some features and some configuration",
  explanation: `Numbers of queues are formulas of features and of the configuration space. They are tried with every set of features that
can be negotiated and with small values of what they use, and no two queues may meet; the message says with which
features and values they do. 1.0 has such a slip: it numbers the network device's queues 2N, 2N+1 and 2N+2, which does
not agree with the list below it.`,
  bad: `device nic = 61 "Nic";

features {
  CTRL_VQ = 17;
}
queues {
  receiveq  = 0;
  transmitq = 1;
  controlq  = 1 if CTRL_VQ;
}
`,
  good: `device nic = 61 "Nic";

features {
  CTRL_VQ = 17;
}
queues {
  receiveq  = 0;
  transmitq = 1;
  controlq  = 2 if CTRL_VQ;
}
`,
  *check(survey) {
    for (const problem of survey.queueProblems) if (problem.kind === "twice") yield problem.finding;
  },
};
