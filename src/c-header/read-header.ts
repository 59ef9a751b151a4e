import type { IToken } from "chevrotain";
import { declarationsOf } from "./declarations.ts";
import type { CConstant, CHeader, CPlace, CStruct, CTypedef } from "./header-model.ts";
import type { Macro } from "./macros.ts";
import { evaluate } from "./numbers.ts";
import { parseDeclaration, parseExpression } from "./parser.ts";
import { preprocess, type FindInclude, type Note, type Preprocessed } from "./preprocess.ts";
import type { CDeclaration, CSpecifier } from "./syntax.ts";
import type { TokenPlace } from "./tokens.ts";
import { TypeTable, type ResolvedType } from "./type-table.ts";
import { Unreadable } from "./unreadable.ts";

const nothingIncluded: FindInclude = () => undefined;

/**
 * Reads what a C header declares. Needs no compiler, and never throws over what a header says: what cannot be read is
 * noted with its place, and reading goes on behind it. Layouts are those of a 64-bit machine.
 * @param file its path, for places
 */
export function readHeader(file: string, text: string, findInclude: FindInclude = nothingIncluded): CHeader {
  return new HeaderReader(file, preprocess(file, text, findInclude)).header();
}

class HeaderReader {
  private readonly file: string;
  private readonly preprocessed: Preprocessed;
  private readonly types = new TypeTable();
  private readonly enums = new Map<string, CPlace>();
  private readonly enumerators = new Map<string, { readonly place: TokenPlace; readonly text: string }>();
  private readonly others = new Map<string, CPlace & { readonly what: string }>();
  private readonly notes: Note[] = [];

  constructor(file: string, preprocessed: Preprocessed) {
    this.file = file;
    this.preprocessed = preprocessed;
    this.notes.push(...preprocessed.notes);
  }

  header(): CHeader {
    const report = (unreadable: Unreadable): void => this.note(unreadable, undefined);
    for (const { tokens, functionName, place } of declarationsOf(this.preprocessed.tokens, report)) {
      if (functionName === undefined) this.attempt(place, () => this.declare(tokens));
      else this.other(functionName, "a function", place);
    }
    const constants = this.constants();
    const { inactiveLines, missingIncludes } = this.preprocessed;
    return {
      file: this.file,
      constants,
      structs: this.structs(),
      typedefs: new Map<string, CTypedef>(this.types.typedefs),
      enums: this.enums,
      others: this.others,
      notes: this.notes.toSorted((a, b) => a.line - b.line),
      inactiveLines,
      missingIncludes,
    };
  }

  private attempt(place: TokenPlace, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.note(error, place);
    }
  }

  private note({ message, place }: Unreadable, fallback: TokenPlace | undefined): void {
    const { file = this.file, line = 1 } = place ?? fallback ?? {};
    this.notes.push({ file, line, message });
  }

  private other(name: string, what: string, { file, line }: TokenPlace): void {
    this.others.set(name, { what, file, line });
  }

  private declare(tokens: readonly IToken[]): void {
    const [first] = tokens;
    if (first?.image === "_Static_assert" || first?.image === "static_assert") return;
    const { specifiers, declarators }: CDeclaration = parseDeclaration(tokens, this.types.names);
    const { type, isTypedef, attributes } = specifiers;
    this.listEnumerators(type);
    const named =
      isTypedef && type.kind !== "named" && type.kind !== "enum" && type.tag === undefined ? declarators[0] : undefined;
    if (isTypedef) for (const declarator of declarators) this.types.names.add(declarator.name);
    const onlyPointers = declarators.length > 0 && declarators.every((one) => one.pointers > 0 || one.isFunction);
    if (
      type.kind !== "enum" &&
      type.kind !== "named" &&
      type.members === undefined &&
      (declarators.length === 0 || onlyPointers)
    ) {
      // A struct that is only named: a forward declaration, a pointer to it, a function.
      for (const one of declarators) if (one.isFunction) this.other(one.name, "a function", one.place);
      return;
    }
    if (!isTypedef && declarators.some((one) => one.isFunction)) {
      for (const one of declarators) this.other(one.name, "a function", one.place);
      return;
    }
    const resolved = this.types.resolve(
      named !== undefined && type.kind !== "named" && type.kind !== "enum" && named.pointers === 0
        ? { ...type, tag: named.name, attributes: joined(type.attributes, named.attributes) }
        : type,
    );
    if (!isTypedef) {
      for (const one of declarators) this.other(one.name, "a variable", one.place);
      return;
    }
    for (const declarator of declarators) {
      const declared = this.types.declared(resolved, declarator);
      const asked = [...attributes.aligned, ...declarator.attributes.aligned];
      const aligned = this.types.alignments(asked, declarator.place);
      const { file, line } = declarator.place;
      const entry: CTypedef & { type: ResolvedType } = {
        size: declared.size,
        align: aligned.length === 0 ? declared.align : Math.max(...aligned),
        type: declared,
        file,
        line,
      };
      this.types.typedefs.set(declarator.name, entry);
    }
  }

  private listEnumerators(type: CSpecifier): void {
    if (type.kind === "named") return;
    if (type.kind === "enum") {
      if (type.tag !== undefined && type.enumerators !== undefined)
        this.enums.set(type.tag, { file: type.place.file, line: type.place.line });
      for (const { name, place } of type.enumerators ?? []) this.enumerators.set(name, { place, text: "" });
      return;
    }
    for (const member of type.members ?? []) this.listEnumerators(member.type);
  }

  private structs(): ReadonlyMap<string, CStruct> {
    return new Map([...this.types.structs].flatMap(([tag, struct]) => (struct === undefined ? [] : [[tag, struct]])));
  }

  private constants(): ReadonlyMap<string, CConstant> {
    const found = new Map<string, CConstant>();
    for (const [name, { place }] of this.enumerators) {
      const value = this.types.enumerators.get(name)?.value;
      if (value === undefined) continue;
      const { file, line } = place;
      found.set(name, { name, value: BigInt.asUintN(64, value), text: String(value), enumerator: true, file, line });
    }
    for (const macro of this.preprocessed.macros.all.values()) {
      if (macro.place.file === "" || macro.body.length === 0) continue;
      // `#define X X` beside an enumerator says that there is one.
      if (macro.body.length === 1 && macro.body[0]?.image === macro.name) continue;
      const constant = macro.parameters === undefined ? this.constant(macro) : undefined;
      if (constant !== undefined) found.set(macro.name, constant);
      else if (!this.others.has(macro.name)) {
        const name = macro.parameters === undefined ? macro.name : `${macro.name}()`;
        const what = macro.parameters === undefined ? "a macro that is no integer" : "a macro with parameters";
        this.other(name, what, macro.place);
      }
    }
    return found;
  }

  private constant(macro: Macro): CConstant | undefined {
    try {
      const body = this.preprocessed.macros.expand(macro.body);
      const { value } = evaluate(parseExpression(body, this.types.names), this.types);
      const text = macro.body.map((token) => token.image).join(" ");
      const { file, line } = macro.place;
      return { name: macro.name, value: BigInt.asUintN(64, value), text, enumerator: false, file, line };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return undefined;
    }
  }
}

function joined(
  one: { readonly packed: boolean; readonly aligned: readonly (readonly IToken[])[] },
  other: typeof one,
): typeof one {
  return { packed: one.packed || other.packed, aligned: [...one.aligned, ...other.aligned] };
}
