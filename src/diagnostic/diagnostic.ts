/** Where something stands in a description. Lines and columns count from 1; `length` is in UTF-16 units on that line. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export type Severity = "error" | "warning";

/** A second place that explains the first: the other definition, the feature that is missing. */
export interface Related {
  readonly at: Place;
  readonly message: string;
}

/** One finding about the input. Nothing is printed by the library: a command or an editor draws it. */
export interface Diagnostic {
  /** `V` and four digits; `virtgen explain CODE` prints its page. */
  readonly code: string;
  readonly severity: Severity;
  /** Names the thing and what is wrong with it, without a full stop. */
  readonly message: string;
  readonly at: Place;
  /** What the frame writes under the marked text: what was expected here. */
  readonly label?: string;
  readonly related: readonly Related[];
  /** What to do about it. */
  readonly help?: string;
}

/** What a rule hands over to report something; the rule's own code and severity are added. */
export interface Finding {
  readonly message: string;
  readonly at: Place;
  readonly label?: string | undefined;
  readonly related?: readonly Related[] | undefined;
  readonly help?: string | undefined;
}

/** A finding of a rule as a diagnostic with the rule's code and severity. */
export function diagnosticOf(
  rule: { readonly code: string; readonly severity: Severity },
  finding: Finding,
): Diagnostic {
  return {
    code: rule.code,
    severity: rule.severity,
    message: finding.message,
    at: finding.at,
    related: finding.related ?? [],
    ...(finding.label === undefined ? {} : { label: finding.label }),
    ...(finding.help === undefined ? {} : { help: finding.help }),
  };
}
