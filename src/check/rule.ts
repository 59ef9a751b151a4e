import type { Finding, Severity } from "../diagnostic/diagnostic.ts";
import type { Survey } from "./survey/survey.ts";

/** One thing that virtgen reports: its code, its page, and, where it looks at the finished IR, how it finds it. */
export interface Rule {
  /**
   * `V` and four digits: 1 text, 2 names and constants, 3 members, 4 features, queues, requests, registers and
   * commands, 5 revisions, 6 houses and requirements, 9 the call.
   */
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
  readonly check?: (survey: Survey) => Iterable<Finding>;
  /** Would mislead where build had to leave something out, and is asked only when it had not. */
  readonly needsAll?: true;
}

/** How build reports on its way: by the rule itself, so that no code is written twice. */
export type Report = (rule: Rule, finding: Finding) => void;
