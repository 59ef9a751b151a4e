import {
  Alternation,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type ILookaheadStrategy,
  type IOrAlt,
  type IProduction,
  type IToken,
  type OptionalProductionType,
  type Rule as GrammarRule,
  type TokenType,
} from "chevrotain";

type AlternationOptions = Parameters<ILookaheadStrategy["buildLookaheadForAlternation"]>[0];
type OptionalOptions = Parameters<ILookaheadStrategy["buildLookaheadForOptional"]>[0];

/** What a decision needs of the parser that it is called on. */
interface Recognizer {
  LA(distance: number): IToken;
}

/** Whether a token may begin something, by the token type's index. */
type TokenSet = readonly (boolean | undefined)[];

/**
 * Decides by the next token alone: an alternative, option or repetition is entered where the token can begin it and
 * its gate agrees. Where one token does not decide, the grammar says so with a gate. Chevrotain's own strategy also
 * works out what may follow each production, which costs more than the rest of a run of the command.
 */
export class FirstTokenLookahead implements ILookaheadStrategy {
  private readonly ofRule = new Map<GrammarRule, ReadonlySet<TokenType>>();

  /** Nothing: a test lets chevrotain's own strategy look for ambiguities. */
  validate(): [] {
    return [];
  }

  buildLookaheadForAlternation(
    options: AlternationOptions,
  ): (this: Recognizer, alternatives?: IOrAlt<unknown>[]) => number | undefined {
    const alternation = find(options.rule, Alternation, options.prodOccurrence);
    const sets = alternation.definition.map((alternative) => this.tokenSet([alternative]));
    return function decide(alternatives) {
      const index = this.LA(1).tokenTypeIdx;
      for (let one = 0; one < sets.length; one++) {
        if (sets[one]?.[index] !== true) continue;
        const gate = alternatives?.[one]?.GATE;
        if (gate === undefined || gate.call(this)) return one;
      }
      return undefined;
    };
  }

  buildLookaheadForOptional(options: OptionalOptions): (this: Recognizer) => boolean {
    const production = find(options.rule, classOf[options.prodType], options.prodOccurrence);
    const set = this.tokenSet(production.definition);
    return function decide() {
      return set[this.LA(1).tokenTypeIdx] === true;
    };
  }

  private tokenSet(definition: readonly IProduction[]): TokenSet {
    const set: boolean[] = [];
    for (const token of this.first(definition)) {
      for (const index of [token.tokenTypeIdx ?? 0, ...(token.categoryMatches ?? [])]) set[index] = true;
    }
    return set;
  }

  /** The tokens that a sequence can begin with. */
  private first(sequence: readonly IProduction[]): ReadonlySet<TokenType> {
    const found = new Set<TokenType>();
    for (const production of sequence) {
      if (production instanceof Terminal) found.add(production.terminalType);
      else if (production instanceof NonTerminal) addAll(found, this.firstOfRule(production.referencedRule));
      else if (production instanceof Alternation)
        for (const alternative of production.definition) addAll(found, this.first([alternative]));
      else addAll(found, this.first(inside(production)));
      if (!canBeEmpty(production)) break;
    }
    return found;
  }

  private firstOfRule(rule: GrammarRule): ReadonlySet<TokenType> {
    let found = this.ofRule.get(rule);
    if (found === undefined) {
      found = this.first(rule.definition);
      this.ofRule.set(rule, found);
    }
    return found;
  }
}

function addAll<T>(set: Set<T>, values: Iterable<T>): void {
  for (const value of values) set.add(value);
}

/** What a production is made of; the library's own type leaves it out. */
function inside(production: IProduction): readonly IProduction[] {
  return "definition" in production ? (production.definition as readonly IProduction[]) : [];
}

function canBeEmpty(production: IProduction): boolean {
  if (production instanceof Option || production instanceof Repetition || production instanceof RepetitionWithSeparator)
    return true;
  if (production instanceof Terminal) return false;
  if (production instanceof NonTerminal)
    return production.referencedRule.definition.every((inner) => canBeEmpty(inner));
  if (production instanceof Alternation) return production.definition.some((alternative) => canBeEmpty(alternative));
  return inside(production).every((inner) => canBeEmpty(inner));
}

const classOf = {
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
} satisfies Record<OptionalProductionType, unknown>;

interface Numbered {
  readonly idx: number;
  readonly definition: readonly IProduction[];
}

/** The production of a kind with a number (`OPTION2`: 2) in a rule. */
function find<P extends Numbered>(
  rule: GrammarRule,
  kind: abstract new (...parameters: never[]) => P,
  occurrence: number,
): P {
  const search = (definition: readonly IProduction[]): P | undefined => {
    for (const production of definition) {
      if (production instanceof kind && production.idx === occurrence) return production;
      const found = production instanceof NonTerminal ? undefined : search(inside(production));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = search(rule.definition);
  if (found === undefined) throw new Error(`the rule '${rule.name}' has no production ${occurrence} of this kind`);
  return found;
}
