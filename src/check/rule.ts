import type { Finding, Severity } from '../diagnostic/diagnostic.ts';
import type { Ir } from '../ir/model.ts';

/** One thing that virtgen reports: its code, its page, and, where it looks at the finished IR, how it finds it. */
export interface Rule {
  /** `V` and four digits: 1 text, 2 names, 3 members, 4 features, queues and requests, 5 revisions, 6 houses and rules, 9 the call. */
  readonly code: string;
  /** The rule's file, in words joined by `-`. */
  readonly name: string;
  readonly severity: Severity;
  /** One line for lists. */
  readonly summary: string;
  /** Markdown: why it is wrong and what the standard does instead. */
  readonly explanation: string;
  /** A whole description that is reported with this code. */
  readonly bad: string;
  /** The same, right. */
  readonly good: string;
  /** Looks at every revision at once. Absent where parser or build find it on their way. */
  readonly check?: (ir: Ir) => Iterable<Finding>;
}

/** How build reports on its way: by the rule itself, so that no code is written twice. */
export type Report = (rule: Rule, finding: Finding) => void;
