import type { BitGroup, Config, Expression, Feature, Module, Queue, Queues, Struct } from '../../ir/model.ts';
import type { BitGroupView, Block, FunctionView } from './blocks.ts';
import { joined, merged, parameters, type Code, type CodeWriter, type Uses } from './code.ts';
import { comment } from './comment.ts';
import { leaves, type CStruct } from './declaration.ts';
import type { Entry } from './header.ts';
import { publishedName } from './identifiers.ts';
import { literal } from './literal.ts';
import type { Words } from './words.ts';

const featuresParameter = `const struct virtio_features *${parameters.features}`;

/** The prefix of a module's functions: `virtio_blk_`. */
export function functionPrefix(module: Module): string {
  return module.cPrefix.toLowerCase();
}

/** The length of a struct whose last members exist only with features; undefined where all of it always exists. */
export function sizeFunction(item: Struct | Config, struct: CStruct, writer: CodeWriter): Entry | undefined {
  if (struct.members.length !== item.members.length) return undefined;
  const steps: { code: Code; size: number }[] = [];
  let least = 0;
  let end = struct.size;
  for (const member of item.members.toReversed()) {
    if (member.if === undefined) {
      least = end;
      break;
    }
    const condition = writer.condition(member.if);
    if (condition === undefined || condition.usesConfig || condition.variables.length > 0) return undefined;
    if (!steps.some((step) => implies(condition.text, step.code.text))) steps.push({ code: condition, size: end });
    end -= member.position?.size ?? 0;
  }
  if (steps.length === 0) return undefined;
  const view: FunctionView = {
    shape: 'function',
    comment: comment([`The length of a struct ${struct.tag}: it ends with its last member that exists.`]),
    signature: signature('size_t', `${struct.tag}_size`, [featuresParameter]),
    locals: [],
    steps: steps.map(({ code, size }) => ({ condition: conditionLines(code.text), result: literal(size) })),
    last: `return ${literal(least)}`,
  };
  return { block: view, legacy: false, declares: [], uses: [struct.tag, ...steps.flatMap(({ code }) => code.macros)] };
}

/** Whether the second condition holds wherever the first one does, as far as the alternatives of `||` tell. */
function implies(first: string, second: string): boolean {
  const alternatives = new Set(second.split(' || '));
  return !first.includes('&&') && !second.includes('&&') && first.split(' || ').every((one) => alternatives.has(one));
}

/** The names of a module's feature bits, for messages. */
export function featureNames(module: Module, house: string): readonly Entry[] {
  const features = featuresOf(module).filter((feature) => feature.aliasOf === undefined);
  if (features.length === 0) return [];
  const names = features.map((feature) => ({ macro: publishedName(feature, house), name: feature.name }));
  const block: Block = {
    shape: 'names',
    comment: comment(['The name of a feature bit, or NULL.']),
    signature: signature('const char *', `${functionPrefix(module)}feature_name`, ['unsigned int bit']),
    names,
  };
  return [{ block, legacy: false, declares: [], uses: names.map(({ macro }) => macro) }];
}

/** A function that finds a feature whose requirements are not met. */
export function unmetFeature(module: Module, house: string, writer: CodeWriter): readonly Entry[] {
  const steps: { code: Code; macro: string }[] = [];
  const add = (feature: Feature, required: Expression): void => {
    const own: Expression = { op: 'feature', module: module.name, name: feature.name, at: feature.at };
    const unmet = joined('&&', writer.condition(own), writer.condition({ op: 'not', operand: required }));
    if (unmet === undefined || unmet.usesConfig || unmet.variables.length > 0) return;
    steps.push({ code: unmet, macro: publishedName(feature, house) });
  };
  const features = featuresOf(module);
  for (const feature of features) for (const required of feature.requires) add(feature, required);
  for (const item of module.items) {
    if (item.kind !== 'rule' || item.form !== 'requires' || item.expression?.op !== '->' || item.expression.left.op !== 'feature') continue;
    const { left, right } = item.expression;
    const feature = features.find((one) => one.name === left.name);
    if (feature !== undefined) add(feature, right);
  }
  if (steps.length === 0) return [];
  const view: FunctionView = {
    shape: 'function',
    comment: comment(['The first feature of the set that requires others which are not in it; -1 if there is none.']),
    signature: signature('int', `${functionPrefix(module)}unmet_feature`, [featuresParameter]),
    locals: [],
    steps: steps.map(({ code, macro }) => ({ condition: conditionLines(code.text), result: macro })),
    last: 'return -1',
  };
  return [{ block: view, legacy: false, declares: [], uses: [...new Set(steps.flatMap(({ code }) => code.macros))] }];
}

function featuresOf(module: Module): readonly Feature[] {
  return module.items.flatMap((item) => (item.kind === 'features' ? item.features : []));
}

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
  fixed(queues: Queues): readonly { readonly name: string; readonly value: string; readonly comment: readonly string[]; readonly legacy: boolean; readonly overridable: boolean }[] {
    return queues.queues.flatMap((queue) =>
      queue.number.op !== 'number' || queue.each !== undefined
        ? []
        : [{ name: `${this.module.cPrefix}VQ_${queue.name.toUpperCase()}`, value: literal(queue.number.value), comment: this.words.of(queue), legacy: queue.legacy === true, overridable: false }],
    );
  }

  functions(queues: Queues): readonly Entry[] {
    return queues.queues.flatMap((queue) => {
      if (queue.number.op === 'number' && queue.each === undefined) return [];
      const name = `${functionPrefix(this.module)}vq_${queue.name}`;
      const index = queue.each?.variable;
      const number = this.entry(name, this.words.of({ ...queue, doc: `The number of ${queue.name}${index === undefined ? '' : `[${index}]`}. ${queue.doc}`.trim() }), queue.number, queues, queue);
      if (queue.each === undefined) return number;
      const { from, to } = queue.each;
      const many: Expression = { op: '+', left: { op: '-', left: to, right: from }, right: numberOf(1) };
      return [...number, ...this.entry(`${name}_count`, [`How many ${queue.name} there are.`], simplified(many), queues, undefined)];
    });
  }

  private entry(name: string, said: readonly string[], expression: Expression, queues: Queues, queue: Queue | undefined): readonly Entry[] {
    const result = this.writer.number(expression);
    if (result === undefined) return [];
    const index = queue?.each?.variable;
    const locals: { name: string; code: Code }[] = [];
    for (const variable of result.variables) {
      if (variable === index) continue;
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
      ...(index === undefined || !result.variables.includes(index) ? [] : [`unsigned int ${index}`]),
    ];
    const view: FunctionView = {
      shape: 'function',
      comment: comment(said),
      signature: signature('unsigned int', name, given.length === 0 ? ['void'] : given),
      locals: whole !== undefined ? [] : locals.map((local) => choiceLines(`unsigned int ${local.name} = ${local.code.text}`)),
      steps: [],
      last: choiceLines(`return ${whole ?? result.text}`),
    };
    return [{ block: view, legacy: false, declares: [], uses: [...uses.macros, ...(uses.usesConfig ? [this.configTag] : [])] }];
  }
}

/** `N - 1 - 0 + 1` → `N`. */
function simplified(expression: Expression): Expression {
  const terms: Expression[] = [];
  let sum = 0;
  const collect = (part: Expression, sign: 1 | -1): void => {
    if (part.op === 'number') sum += sign * Number(part.value);
    else if (part.op === '+' || (part.op === '-' && sign === 1)) {
      collect(part.left, sign);
      collect(part.right, part.op === '+' ? sign : -1);
    } else terms.push(sign === 1 ? part : { op: 'negate', operand: part });
  };
  collect(expression, 1);
  const [first, ...rest] = terms;
  if (first === undefined) return numberOf(sum);
  const whole = rest.reduce<Expression>((left, right) => ({ op: '+', left, right }), first);
  return sum === 0 ? whole : { op: sum > 0 ? '+' : '-', left: whole, right: numberOf(Math.abs(sum)) };
}

function numberOf(value: number): Expression {
  return { op: 'number', value, text: String(value) };
}

/** Masks, shifts and accessors of the bit groups of a struct. */
export function bitGroupEntries(struct: CStruct, words: Words): readonly Entry[] {
  return leaves(struct.members).flatMap((leaf): readonly Entry[] => {
    const { source } = leaf.field;
    if (source.kind !== 'bits' || leaf.field.suffix !== '') return [];
    const groups = source.bits.filter((group) => group.reserved !== true);
    const type = `uint${source.type.size * 8}_t`;
    const block: Block = { shape: 'bit_groups', word: leaf.path.cxx, type, groups: groups.map((group) => bitGroupView(struct, group, source.type.size, type, words)) };
    return groups.length === 0 ? [] : [{ block, legacy: struct.legacy, declares: [], uses: [struct.tag] }];
  });
}

function bitGroupView(struct: CStruct, group: BitGroup, bytes: number, type: string, words: Words): BitGroupView {
  const mask = ((1n << BigInt(group.width)) - 1n) << BigInt(group.shift);
  const all = (1n << BigInt(8 * bytes)) - 1n;
  return {
    macro: `${struct.tag}_${group.name}`.toUpperCase(),
    comment: comment(words.of(group)),
    shift: group.shift,
    mask: literal(mask, 16, 2 * bytes),
    others: literal(all ^ mask, 16, 2 * bytes),
    getter: signature(type, `${struct.tag}_get_${group.name}`, [`const struct ${struct.tag} *s`]),
    setter: signature('void', `${struct.tag}_set_${group.name}`, [`struct ${struct.tag} *s`, `${type} value`]),
  };
}

/** `static inline TYPE NAME(PARAMETERS)`, broken as the kernel does where it is longer than a line. */
export function signature(type: string, name: string, given: readonly string[]): string {
  const space = type.endsWith('*') ? '' : ' ';
  const whole = `static inline ${type}${space}${name}(${given.join(', ')})`;
  if (whole.length <= 80) return whole;
  const second = `${name}(${given.join(', ')})`;
  return `static inline ${type}\n${second.length <= 80 ? second : `${name}(${given.join(`,\n${'\t'.repeat(Math.floor((name.length + 1) / 8))}${' '.repeat((name.length + 1) % 8)}`)})`}`;
}

/** A choice that is broken behind its question mark where it is long. */
function choiceLines(text: string): string {
  return text.length + 16 <= 80 ? text : text.replaceAll(' ? ', ' ?\n\t\t');
}

/** A condition that is broken behind its operators where it is long. */
function conditionLines(text: string): string {
  if (text.length + 13 <= 80) return text;
  return text.replaceAll(/ (\|\||&&) /g, ' $1\n\t    ');
}

