import type { Finding } from "../../diagnostic/diagnostic.ts";
import { existsAt } from "../../ir/availability.ts";
import { evaluate, walkExpression, type Lookup } from "../../ir/expression.ts";
import {
  newestRevision,
  revisions,
  type Element,
  type Expression,
  type Module,
  type Queue,
  type Queues,
  type Revision,
} from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { ConfigValues } from "./config-values.ts";
import { about, featuresIn } from "./constraints.ts";
import { existing } from "./presence.ts";
import { satisfiable, type Exists } from "./solver.ts";
import type { Survey } from "./survey.ts";
import { listed } from "./words.ts";

/** What can be wrong with the number of a queue. */
export interface QueueProblem {
  readonly kind: "twice" | "impossible" | "missing";
  readonly finding: Finding;
}

/** With more features than these the first ones are varied; no device of the standard has more than three. */
const mostFeatures = 8;
const mostQueues = 65_536;

/** Numbers the queues of all descriptions, with every set of features and small values of the configuration space. */
export function* queueProblems(survey: Survey): Iterable<QueueProblem> {
  for (const module of survey.modules) {
    const blocks = module.items.filter((item) => item.kind === "queues");
    if (blocks.length === 0) continue;
    const found = new Map<string, QueueProblem>();
    const seen = new Set<string>();
    // The newest revision first: what is wrong there is worth showing rather than an old one.
    for (const revision of revisions.toReversed()) {
      const numbering = new Numbering(survey, module, blocks, revision);
      if (seen.has(numbering.shape)) continue;
      seen.add(numbering.shape);
      for (const { key, problem } of numbering.problems()) if (!found.has(key)) found.set(key, problem);
    }
    const problems = [...found.values()];
    // A number that is given twice is most often the one that is missing.
    const wrong = problems.filter((problem) => problem.kind !== "missing");
    yield* wrong.length > 0 ? wrong : problems;
  }
}

interface Numbered {
  readonly queue: Queue;
  readonly label: string;
  readonly number: bigint;
}

interface Found {
  /** Names the problem, so that it is reported once. */
  readonly key: string;
  readonly problem: QueueProblem;
}

/** The queues of one revision. */
class Numbering {
  private readonly revision: Revision;
  private readonly queues: readonly Queue[];
  private readonly where: ReadonlyMap<string, Expression>;
  private readonly features: readonly Extract<Expression, { op: "feature" }>[];
  private readonly members: readonly Extract<Expression, { op: "member" }>[];
  private readonly exists: Exists;
  /** The same for two revisions whose queues and features are the same. */
  readonly shape: string;

  private readonly survey: Survey;
  private readonly module: Module;

  constructor(survey: Survey, module: Module, blocks: readonly Queues[], revision: Revision) {
    this.survey = survey;
    this.module = module;
    this.revision = revision;
    this.queues = blocks.flatMap((block) => block.queues).filter((queue) => existsAt(queue, revision));
    this.where = new Map(blocks.flatMap((block) => block.where.map((one) => [one.name, one.value])));
    const exists = existing(survey, revision);
    this.exists = exists;
    const names = new Map<string, Expression>();
    for (const expression of this.expressions())
      walkExpression(expression, (part) => {
        if (part.op === "feature" ? exists(part.module, part.name) : part.op === "member" && part.scope === "config")
          names.set(printExpression(part), part);
      });
    this.features = [...names.values()]
      .filter((one): one is Extract<Expression, { op: "feature" }> => one.op === "feature")
      .slice(0, mostFeatures);
    this.members = [...names.values()].filter(
      (one): one is Extract<Expression, { op: "member" }> => one.op === "member",
    );
    this.shape = [...this.queues.map((queue) => `${queue.at.line}.${queue.at.column}`), ...names.keys()].join(" ");
  }

  private expressions(): readonly Expression[] {
    return [
      ...this.where.values(),
      ...this.queues.flatMap((queue) => [
        queue.number,
        ...(queue.if === undefined ? [] : [queue.if]),
        ...(queue.each === undefined ? [] : [queue.each.from, queue.each.to]),
      ]),
    ];
  }

  *problems(): Iterable<Found> {
    const values = new ConfigValues(this.survey, this.module, this.revision, this.members);
    const constraints = about(
      this.survey.constraintsAt(this.module, this.revision),
      this.features.flatMap((feature) => featuresIn(feature)),
    ).map((one) => one.condition);
    for (const negotiated of subsets(this.features)) {
      if (!this.isPossible(negotiated, constraints)) continue;
      const names = new Set(negotiated.map((feature) => printExpression(feature)));
      for (const [index, config] of values.combinations((name) => names.has(name)).entries()) {
        yield* this.numbered(names, config);
        if (index === 0 && negotiated.length === this.features.length) yield* this.gap(names, config);
      }
    }
  }

  private isPossible(negotiated: readonly Expression[], constraints: readonly Expression[]): boolean {
    const literals = this.features.map((feature): Expression =>
      negotiated.includes(feature) ? feature : { op: "not", operand: feature },
    );
    return satisfiable([...literals, ...constraints], this.exists);
  }

  /** The first number that no queue has with everything negotiated. */
  private *gap(negotiated: ReadonlySet<string>, config: ReadonlyMap<string, bigint>): Iterable<Found> {
    const lookup = this.lookup(negotiated, config);
    const numbers = new Map<bigint, Queue>();
    for (const queue of this.queues) {
      for (const index of this.indices(queue, lookup)) {
        if (index === "none") return;
        const own = queue.each === undefined ? undefined : { name: queue.each.variable, value: index };
        const inner = this.lookup(negotiated, config, own);
        if (queue.if !== undefined && evaluate(queue.if, inner) === 0n) continue;
        const number = evaluate(queue.number, inner);
        if (number === undefined) return;
        numbers.set(number, queue);
      }
    }
    let missing = 0n;
    while (numbers.has(missing)) missing++;
    const [next] = [...numbers.keys()].filter((number) => number > missing).toSorted((a, b) => Number(a - b));
    const queue = next === undefined ? undefined : numbers.get(next);
    if (queue === undefined || next === undefined) return;
    const finding: Finding = {
      message: `no queue has the number ${missing}${this.combination(negotiated, config)}`,
      at: queue.at,
      label: `queue ${next}`,
      help: "queues are numbered from 0 without a gap",
    };
    yield { key: "missing", problem: { kind: "missing", finding } };
  }

  private *numbered(negotiated: ReadonlySet<string>, config: ReadonlyMap<string, bigint>): Iterable<Found> {
    const when = this.combination(negotiated, config);
    const taken = new Map<bigint, Numbered>();
    for (const queue of this.queues) {
      const lookup = this.lookup(negotiated, config);
      for (const index of this.indices(queue, lookup)) {
        if (index === "none") {
          yield impossible(
            queue,
            `there is no '${queue.name}'${when}`,
            `0 is no number of queues: say what the smallest is, 'in 1..…' at the member`,
          );
          continue;
        }
        const inner =
          queue.each === undefined
            ? lookup
            : this.lookup(negotiated, config, { name: queue.each.variable, value: index });
        if (queue.if !== undefined && evaluate(queue.if, inner) === 0n) continue;
        const number = evaluate(queue.number, inner);
        if (number === undefined) continue;
        const label = queue.each === undefined ? `'${queue.name}'` : `'${queue.name}[${index}]'`;
        if (number < 0n || number >= mostQueues) {
          yield impossible(
            queue,
            `${label} is queue ${number}${when}`,
            number < 0n
              ? "queues are numbered from 0"
              : `a device has at most ${mostQueues} queues, the last of them ${mostQueues - 1}: limit what the number depends on`,
          );
          continue;
        }
        const first = taken.get(number);
        if (first === undefined) taken.set(number, { queue, label, number });
        else yield twice(first, { queue, label, number }, when);
      }
    }
  }

  /** The values of the index variable that matter: all of a few, the first and last of many. */
  private indices(queue: Queue, lookup: Lookup): readonly (bigint | "none")[] {
    if (queue.each === undefined) return [0n];
    const from = evaluate(queue.each.from, lookup);
    const to = evaluate(queue.each.to, lookup);
    if (from === undefined || to === undefined) return [];
    if (to < from) return ["none"];
    if (to - from < 8n) return Array.from({ length: Number(to - from) + 1 }, (_, index) => from + BigInt(index));
    return [from, from + 1n, from + 2n, to - 1n, to];
  }

  private lookup(
    negotiated: ReadonlySet<string>,
    config: ReadonlyMap<string, bigint>,
    index?: { readonly name: string; readonly value: bigint },
  ): Lookup {
    const open = new Set<string>();
    const lookup: Lookup = (name) => {
      if (name.op === "feature") return negotiated.has(name.name) ? 1n : 0n;
      if (name.op === "member") return config.get(printExpression(name));
      if (name.op !== "variable") return undefined;
      if (name.name === index?.name) return index.value;
      const value = this.where.get(name.name);
      if (value === undefined || open.has(name.name)) return undefined;
      open.add(name.name);
      const result = evaluate(value, lookup);
      open.delete(name.name);
      return result;
    };
    return lookup;
  }

  private combination(negotiated: ReadonlySet<string>, config: ReadonlyMap<string, bigint>): string {
    const on = [...negotiated].toSorted();
    const off = this.features
      .map((feature) => feature.name)
      .filter((name) => !negotiated.has(name))
      .toSorted();
    const parts = [
      ...(on.length === 0 ? [] : [`with ${listed(on)}`]),
      ...(off.length === 0 ? [] : [`without ${listed(off, "or")}`]),
      ...[...config].map(([name, value]) => `where ${name} is ${value}`),
    ];
    const newest = this.revision === newestRevision ? "" : ` in ${this.revision}`;
    return parts.length === 0 ? newest : ` ${parts.join(", ")}${newest}`;
  }
}

function impossible(queue: Queue, message: string, help: string): Found {
  return { key: `${queue.name} impossible`, problem: { kind: "impossible", finding: { message, at: queue.at, help } } };
}

function twice(first: Numbered, second: Numbered, when: string): Found {
  const same = first.queue === second.queue;
  return {
    key: `${place(first.queue)} ${place(second.queue)}`,
    problem: {
      kind: "twice",
      finding: {
        message: `${first.label} and ${second.label} are both queue ${second.number}${when}`,
        at: second.queue.at,
        related: same ? [] : [{ at: first.queue.at, message: `${first.label} is queue ${first.number}` }],
        help: same ? "its number does not depend on its index" : "a queue has its number alone, whatever is negotiated",
      },
    },
  };
}

function place(element: Element): string {
  return `${element.at.line}.${element.at.column}`;
}

/** Every choice of some of these; all of them first, as that is what one expects. */
function subsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** all.length }, (_, left) =>
    all.filter((_one, index) => Math.floor(left / 2 ** index) % 2 === 0),
  );
}
