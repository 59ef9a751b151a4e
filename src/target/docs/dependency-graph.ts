import type { Expression, Feature, Module, Rule } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";

/** A Mermaid flowchart of what features need. */
export interface GraphView {
  /** Statements, one a line: first the nodes, then the arrows between them. */
  readonly lines: readonly string[];
  /** What the arrows mean, for the paragraph below. */
  readonly legend: readonly string[];
}

type ArrowKind = "needs" | "offered" | "conflicts" | "without" | "one of";

const arrows: Readonly<Record<ArrowKind, string>> = {
  "needs": "-->",
  "one of": "-->",
  "without": "--x",
  "offered": "-.->",
  "conflicts": "x--x",
};

const meanings: Readonly<Record<ArrowKind, string>> = {
  "needs": "An arrow leads to what a feature needs; circles join conditions.",
  "one of": "Of what a hexagon leads to at least one is needed.",
  "without": "A cross at the end of a line: only without it.",
  "offered": "A dotted arrow: the device offers the one only with the other.",
  "conflicts": "Crosses at both ends: never together.",
};

/** Null where no feature depends on another. */
export function dependencyGraph(module: Module): GraphView | null {
  const graph = new Graph();
  for (const item of module.items) {
    if (item.kind === "features") for (const feature of item.features) graph.addFeature(feature);
    if (item.kind === "rule") graph.addRule(item);
  }
  return graph.view();
}

class Graph {
  private readonly nodes = new Map<string, string>();
  private readonly edges: string[] = [];
  private readonly kinds = new Set<ArrowKind>();
  private junctions = 0;

  addFeature(feature: Feature): void {
    for (const required of feature.requires) this.arrowTo(this.feature(feature.name), required, "needs");
  }

  addRule(rule: Rule): void {
    const { expression } = rule;
    if (rule.form === "requires" || rule.form === "offers") {
      if (expression?.op !== "->") return;
      this.arrowTo(this.node(expression.left), expression.right, rule.form === "offers" ? "offered" : "needs");
    } else if (rule.form === "at_least_one") {
      const junction = this.junction('{{"at least one"}}');
      for (const name of rule.features ?? []) this.edge(junction, this.feature(name), "one of");
    } else if (rule.form === "conflicts") {
      const names = rule.features ?? [];
      for (const [index, name] of names.entries()) {
        for (const other of names.slice(index + 1)) this.edge(this.feature(name), this.feature(other), "conflicts");
      }
    }
  }

  view(): GraphView | null {
    if (this.edges.length === 0) return null;
    const nodes = [...this.nodes].map(([id, shape]) => `${id}${shape}`);
    return { lines: [...nodes, ...this.edges], legend: [...this.kinds].map((kind) => meanings[kind]) };
  }

  /** What is joined by `&` is needed one by one, so each gets an arrow of its own. */
  private arrowTo(from: string, target: Expression, kind: ArrowKind): void {
    if (target.op === "&") {
      this.arrowTo(from, target.left, kind);
      this.arrowTo(from, target.right, kind);
    } else if (target.op === "not" && target.operand.op === "feature")
      this.edge(from, this.feature(target.operand.name), "without");
    else this.edge(from, this.node(target), kind);
  }

  /** The node of a condition; a circle joins its parts. */
  private node(expression: Expression): string {
    switch (expression.op) {
      case "feature":
        return this.feature(expression.name);
      case "|":
      case "&": {
        const junction = this.junction(expression.op === "|" ? '(("or"))' : '(("and"))');
        for (const part of partsOf(expression, expression.op)) {
          if (part.op === "not") this.arrowTo(junction, part, "needs");
          else this.edge(junction, this.node(part), "needs");
        }
        return junction;
      }
      default:
        return this.junction(`["${label(printExpression(expression))}"]`);
    }
  }

  private feature(name: string): string {
    // Of its own a name could be a word of Mermaid's.
    const id = `F_${name}`;
    this.nodes.set(id, `["${label(name)}"]`);
    return id;
  }

  private junction(shape: string): string {
    this.junctions++;
    const id = `J${this.junctions}`;
    this.nodes.set(id, shape);
    return id;
  }

  private edge(from: string, to: string, kind: ArrowKind): void {
    this.kinds.add(kind);
    const line = `${from} ${arrows[kind]} ${to}`;
    if (!this.edges.includes(line)) this.edges.push(line);
  }
}

function partsOf(expression: Expression, op: "|" | "&"): readonly Expression[] {
  return expression.op === op ? [...partsOf(expression.left, op), ...partsOf(expression.right, op)] : [expression];
}

/** Text between the quotes of a node. */
function label(text: string): string {
  return text.replaceAll("&", "#amp;").replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;");
}
