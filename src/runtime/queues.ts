import type { ConfigAccess } from "./config-access.ts";
import type { NegotiatedBits } from "./codec/scope.ts";

/** A context that knows the negotiated features. */
export interface Negotiated {
  readonly features: NegotiatedBits;
}

/** A context that knows the configuration space. */
export interface Configured {
  readonly config: ConfigAccess;
}

/** What queue numbers depend on. */
export interface QueueContext extends Negotiated, Configured {}

/** Where one kind of queue stands. `Context` has what its numbers depend on beside features and configuration. */
export interface QueueRule<Context extends QueueContext = QueueContext> {
  /** Its number; `index` counts the queues of this kind, from the first of `each` on. */
  readonly number: (index: number, context: Context) => number;
  /** First and last index; a single queue where it is absent. */
  readonly each?: (context: Context) => readonly [first: number, last: number];
  readonly exists?: (context: Context, index: number) => boolean;
  /** Houses that number only the queues that exist. */
  readonly compact?: readonly string[];
}

/** One queue of a device. */
export interface QueuePlace<Name extends string = string> {
  readonly name: Name;
  readonly index: number;
  readonly number: number;
}

/** Numbers of queues have 16 bits: what a configuration space says beyond that is not looked at. */
const mostQueues = 0x1_0000;

/** The queues of a device, by the standard's names. */
export class QueueTable<Name extends string = string, Context extends QueueContext = QueueContext> {
  readonly rules: Readonly<Record<Name, QueueRule<Context>>>;

  constructor(rules: Readonly<Record<Name, QueueRule<Context>>>) {
    this.rules = rules;
  }

  get names(): readonly Name[] {
    return Object.keys(this.rules) as Name[];
  }

  /** Number of a queue, or undefined where it does not exist. */
  numberOf(name: Name, context: Context, index = 0): number | undefined {
    const rule = this.rules[name];
    const [first, last] = rule.each?.(context) ?? [0, 0];
    if (index < first || index > last || rule.exists?.(context, index) === false) return undefined;
    return rule.number(index, context);
  }

  /**
   * All queues that exist, in the order of their numbers.
   * @param house numbers the queues as this house does; as the standard says where it is left out
   */
  places(context: Context, house?: string): QueuePlace<Name>[] {
    const places: QueuePlace<Name>[] = [];
    for (const name of this.names) {
      const rule = this.rules[name];
      const [first, last] = rule.each?.(context) ?? [0, 0];
      const compact = house !== undefined && rule.compact?.includes(house) === true;
      for (let index = first; index <= Math.min(last, first + mostQueues - 1); index++) {
        if (rule.exists?.(context, index) === false) continue;
        places.push({ name, index, number: compact ? places.length : rule.number(index, context) });
      }
    }
    return places.toSorted((a, b) => a.number - b.number);
  }
}

/** The queues of a description: generated code calls this. */
export function queueTable<Name extends string, Context extends QueueContext = QueueContext>(
  rules: Readonly<Record<Name, QueueRule<Context>>>,
): QueueTable<Name, Context> {
  return new QueueTable(rules);
}
