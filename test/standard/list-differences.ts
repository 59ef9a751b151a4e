import type {
  ConstantGroup,
  Expression,
  Feature,
  Features,
  Ir,
  Item,
  Module,
  Queue,
  Queues,
  Register,
  Registers,
} from "../../src/ir/model.ts";
import type { TextRevision } from "./reader/document.ts";
import { inRevision } from "./reader/record.ts";
import { everything, records } from "./records.ts";

/**
 * Where features, status bits and queues of descriptions are others than the standard lists.
 * @param now cut at the revision
 * @param ir of all revisions
 */
export function listDifferences(now: Ir, ir: Ir, revision: TextRevision): string[] {
  return [...records].flatMap(([name, { features, statuses, queues }]) => {
    const module = moduleOf(now, name);
    if (module === undefined) {
      const parts = [features, queues].map((part) => inRevision(part, revision));
      return parts.every(({ size }) => size === 0) ? [] : [`${name}: ${everything}`];
    }
    return [
      ...apart("feature", inRevision(features, revision), featureTexts(module, ir)),
      ...apart(
        "status",
        new Map([...inRevision(statuses, revision)].map(([key, bit]) => [key, String(bit)])),
        statusTexts(module),
      ),
      ...queueDifferences(inRevision(queues, revision), module),
    ].map((one) => `${name}: ${one}`);
  });
}

/**
 * Constants of the standard's listings that descriptions do not have, or with another number.
 * @param now cut at the revision
 */
export function constantDifferences(now: Ir, revision: TextRevision): string[] {
  return [...records].flatMap(([name, { constants }]) => {
    const module = moduleOf(now, name);
    const ours = new Map(
      [...items(module, "enum"), ...items(module, "flags")].flatMap((group) =>
        group.constants.map(({ cName, value }) => [cName, String(value)] as const),
      ),
    );
    return [...inRevision(constants, revision)]
      .filter(
        ([cName, values]) =>
          ![values]
            .flat()
            .map(String)
            .includes(ours.get(cName) ?? ""),
      )
      .map(([cName]) => `${name}: ${cName}`);
  });
}

/** The registers of virtio-mmio, by name: `0x010 R`. @param now cut at a revision; at 0.9.5 the legacy ones */
export function mmioRegisters(now: Ir, legacy: boolean): Readonly<Record<string, string>> {
  const all = items(moduleOf(now, "mmio"), "registers").flatMap((map) => map.registers);
  return registerTexts(all.filter((register) => legacy || register.legacy !== true));
}

export function moduleOf(ir: Ir, name: string): Module | undefined {
  return ir.modules.find((one) => one.name === name);
}

/** The items that lists and tables are about. */
interface Listed {
  readonly enum: ConstantGroup;
  readonly flags: ConstantGroup;
  readonly features: Features;
  readonly queues: Queues;
  readonly registers: Registers;
}

function items<K extends keyof Listed>(module: Module | undefined, kind: K): readonly Listed[K][] {
  return (module?.items ?? []).filter((item): item is Item & Listed[K] => item.kind === kind);
}

export function numbersIn(module: Module | undefined, group: string): readonly number[] {
  return items(module, "enum")
    .filter(({ name }) => name === group)
    .flatMap(({ constants }) => constants.map(({ value }) => Number(value)))
    .toSorted((a, b) => a - b);
}

/** What is not the same on both sides, as `feature VIRTIO_NET_F_MAC: 5, described as 6`. */
function apart(
  kind: string,
  theirs: ReadonlyMap<string, string>,
  ours: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .filter((name) => theirs.get(name) !== ours.get(name))
    .map((name) => `${kind} ${name}: ${theirs.get(name) ?? "absent"}, described as ${ours.get(name) ?? "absent"}`);
}

function featureTexts(module: Module, all: Ir): ReadonlyMap<string, string> {
  const bits = items(module, "features").flatMap(({ features }) => features);
  const cNames = new Map<string, string>(
    all.modules.flatMap(({ name, items: some }) =>
      some.flatMap((item) =>
        item.kind === "features" ? item.features.map((one) => [`${name}.${one.name}`, one.cName] as const) : [],
      ),
    ),
  );
  const required = (feature: Feature): readonly string[] =>
    [...new Set(feature.requires.flatMap(namesIn).map((name) => cNames.get(name) ?? name))].toSorted();
  return new Map(
    bits
      .filter(({ aliasOf }) => aliasOf === undefined)
      .map((feature) => [
        feature.cName === "VIRTIO_F_UNUSED" ? "UNUSED" : feature.cName,
        [
          String(feature.bit),
          ...(feature.legacy === true ? ["legacy"] : []),
          ...(required(feature).length > 0 ? ["requires", ...required(feature)] : []),
        ].join(" "),
      ]),
  );
}

/** `module.NAME` of each feature that a condition is about. */
function namesIn(expression: Expression): readonly string[] {
  if (expression.op === "feature") return [`${expression.module}.${expression.name}`];
  if ("operand" in expression) return namesIn(expression.operand);
  if ("left" in expression) return [...namesIn(expression.left), ...namesIn(expression.right)];
  return [];
}

function statusTexts(module: Module): ReadonlyMap<string, string> {
  const statuses = items(module, "flags").filter(({ name }) => name === "STATUS");
  return new Map(
    module.name === "config"
      ? statuses.flatMap(({ constants }) => constants.map(({ name, value }) => [name, String(value)] as const))
      : [],
  );
}

function registerTexts(registers: readonly Register[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    registers.map(({ name, offset, access }) => [
      name,
      `0x${offset.toString(16).padStart(3, "0")} ${{ read: "R", write: "W", rw: "RW" }[access]}`,
    ]),
  );
}

/** How many queues there are of those that come in numbers, for this comparison. */
const many = 3;

function queueDifferences(theirs: ReadonlyMap<string, string>, module: Module): readonly string[] {
  const ours = new Map(items(module, "queues").flatMap(numbersOf));
  const listed = new Map([...theirs].map(([name, number]) => [queueName(name), queueNumber(number)]));
  const bases = new Set([...listed.keys()].map((name) => name.replace(/\[.*/, "")));
  return [
    ...[...listed]
      .filter(([name, number]) => ours.get(name) !== number)
      .map(([name, number]) => `queue ${name}: ${String(number)}, described as ${String(ours.get(name) ?? "absent")}`),
    ...[...ours.keys()]
      .filter((name) => !bases.has(name.replace(/\[.*/, "")))
      .map((name) => `queue ${name}: not listed`),
  ];
}

/** `receiveqN` and `receiveq(port1)` as a description has them: `receiveq[2]`, `receiveq[1]`. */
function queueName(name: string): string {
  const [, base, index] = /^(\w+q)(\d+|N)$/.exec(name) ?? [];
  if (base !== undefined && index !== undefined)
    return `${base}[${String(index === "N" ? many - 1 : Number(index) - 1)}]`;
  return name
    .toLowerCase()
    .replace(/^(\w+q)\(port(\d+)\)$/, "$1[$2]")
    .replace("request queues", "requestq[0]")
    .replace(" queue", "")
    .replace(/[ -]/g, "_");
}

/** The number that a text such as `2(N-1)+1` gives for {@link many}, or with which `2…n` begins. */
function queueNumber(text: string): number {
  const [, from] = /^(\d+)…/.exec(text) ?? [];
  if (from !== undefined) return Number(from);
  const [, factor = "", inner, offset] = /^(\d*)(\(N-1\)|N(?:-1)?)?(?:\+(\d+))?$/.exec(text) ?? [];
  if (inner === undefined) return Number(text);
  return (factor === "" ? 1 : Number(factor)) * (inner === "N" ? many : many - 1) + Number(offset ?? 0);
}

function numbersOf({ queues }: Queues): readonly (readonly [string, number])[] {
  return queues.flatMap((queue: Queue) => {
    const { each } = queue;
    if (each === undefined) return [[queue.name, evaluate(queue.number, {})] as const];
    // A queue of its own in older revisions has become the first of many.
    return Array.from({ length: many }, (_, index) => {
      const number = evaluate(queue.number, { [each.variable]: index });
      return [
        [`${queue.name}[${String(index)}]`, number] as const,
        ...(index === 0 ? [[queue.name, number] as const] : []),
      ];
    }).flat();
  });
}

/** @throws Error for what no queue's number is made of */
function evaluate(expression: Expression, variables: Readonly<Record<string, number>>): number {
  const value = (one: Expression): number => evaluate(one, variables);
  switch (expression.op) {
    case "number":
      return Number(expression.value);
    case "variable":
      return variables[expression.name] ?? many;
    case "+":
      return value(expression.left) + value(expression.right);
    case "-":
      return value(expression.left) - value(expression.right);
    case "*":
      return value(expression.left) * value(expression.right);
    case "==":
      return Number(value(expression.left) === value(expression.right));
    case "choice":
      return value(expression.condition) === 0 ? value(expression.otherwise) : value(expression.then);
    default:
      throw new Error(`no number of a queue has ${expression.op}`);
  }
}
