import type { Expression, Module, Queue, Queues } from "../../ir/model.ts";
import type { FunctionView } from "./blocks.ts";
import { merged, parameters, type Code, type CodeWriter, type Uses } from "./code.ts";
import { comment } from "./comment.ts";
import type { Define } from "./defines.ts";
import { choiceLines, featuresParameter, functionPrefix, signature } from "./function-text.ts";
import type { Entry } from "./header.ts";
import { literal } from "./literal.ts";
import type { Words } from "./words.ts";

/** Queue numbers: a macro where they are fixed, a function of features, configuration and index where they are not. */
export class QueueFunctions {
  private readonly module: Module;
  private readonly writer: CodeWriter;
  private readonly words: Words;
  private readonly configTag: string;

  constructor(module: Module, writer: CodeWriter, words: Words, configTag: string) {
    this.module = module;
    this.writer = writer;
    this.words = words;
    this.configTag = configTag;
  }

  /** The queues with a fixed number: their macros. */
  fixed(queues: Queues): readonly Define[] {
    return queues.queues.flatMap((queue) =>
      queue.number.op !== "number" || queue.each !== undefined
        ? []
        : [
            {
              name: `${this.module.cPrefix}VQ_${queue.name.toUpperCase()}`,
              value: literal(queue.number.value),
              comment: this.words.of(queue),
              legacy: queue.legacy === true,
              overridable: false,
            },
          ],
    );
  }

  functions(queues: Queues): readonly Entry[] {
    return queues.queues.flatMap((queue) => {
      if (queue.number.op === "number" && queue.each === undefined) return [];
      const name = `${functionPrefix(this.module)}vq_${queue.name}`;
      const index = queue.each?.variable;
      const number = this.entry(
        name,
        this.words.of({
          ...queue,
          doc: `The number of ${queue.name}${index === undefined ? "" : `[${index}]`}. ${queue.doc}`.trim(),
        }),
        queue.number,
        queues,
        queue,
      );
      if (queue.each === undefined) return number;
      const { from, to } = queue.each;
      const many: Expression = { op: "+", left: { op: "-", left: to, right: from }, right: numberOf(1) };
      return [
        ...number,
        ...this.entry(`${name}_count`, [`How many ${queue.name} there are.`], simplified(many), queues, undefined),
      ];
    });
  }

  /** Whether it is settled at run time: the caller knows it. */
  private isParameter(name: string): boolean {
    return this.module.items.some((item) => item.kind === "parameter" && item.name === name);
  }

  private entry(
    name: string,
    said: readonly string[],
    expression: Expression,
    queues: Queues,
    queue: Queue | undefined,
  ): readonly Entry[] {
    const result = this.writer.number(expression);
    if (result === undefined) return [];
    const index = queue?.each?.variable;
    const locals: { name: string; code: Code }[] = [];
    const told = result.variables.filter((variable) => this.isParameter(variable));
    for (const variable of result.variables) {
      if (variable === index || told.includes(variable)) continue;
      const where = queues.where.find((one) => one.name === variable);
      const value = where === undefined ? undefined : this.writer.number(where.value);
      if (value === undefined || value.variables.length > 0) return [];
      locals.push({ name: variable, code: value });
    }
    const [only] = locals;
    const whole = only !== undefined && result.text === only.name ? only.code.text : undefined;
    const uses = locals.reduce<Uses>((all, local) => merged(all, local.code), result);
    const given = [
      ...(uses.usesFeatures ? [featuresParameter] : []),
      ...(uses.usesConfig ? [`const struct ${this.configTag} *${parameters.config}`] : []),
      ...told.map((variable) => `unsigned int ${variable}`),
      ...(index === undefined || !result.variables.includes(index) ? [] : [`unsigned int ${index}`]),
    ];
    const view: FunctionView = {
      shape: "function",
      comment: comment(said),
      signature: signature("unsigned int", name, given.length === 0 ? ["void"] : given),
      locals:
        whole !== undefined
          ? []
          : locals.map((local) => choiceLines(`unsigned int ${local.name} = ${local.code.text}`)),
      steps: [],
      last: choiceLines(`return ${whole ?? result.text}`),
    };
    return [
      {
        block: view,
        legacy: false,
        declares: [],
        uses: [...uses.macros, ...(uses.usesConfig ? [this.configTag] : [])],
      },
    ];
  }
}

/** `N - 1 - 0 + 1` → `N`. */
function simplified(expression: Expression): Expression {
  const terms: Expression[] = [];
  let sum = 0;
  const collect = (part: Expression, sign: 1 | -1): void => {
    if (part.op === "number") sum += sign * Number(part.value);
    else if (part.op === "+" || (part.op === "-" && sign === 1)) {
      collect(part.left, sign);
      collect(part.right, part.op === "+" ? sign : -1);
    } else terms.push(sign === 1 ? part : { op: "negate", operand: part });
  };
  collect(expression, 1);
  const [first, ...rest] = terms;
  if (first === undefined) return numberOf(sum);
  const whole = rest.reduce<Expression>((left, right) => ({ op: "+", left, right }), first);
  return sum === 0 ? whole : { op: sum > 0 ? "+" : "-", left: whole, right: numberOf(Math.abs(sum)) };
}

function numberOf(value: number): Expression {
  return { op: "number", value, text: String(value) };
}
