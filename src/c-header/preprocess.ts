import type { IToken } from "chevrotain";
import { knownHeaders, knownMacros } from "./known-types.ts";
import { logicalLines, type LogicalLine } from "./logical-lines.ts";
import { Macros, type Macro } from "./macros.ts";
import { evaluate } from "./numbers.ts";
import { parseExpression } from "./parser.ts";
import { isWord, madeToken, NumberToken, tokensOf, type TokenPlace } from "./tokens.ts";
import { Unreadable } from "./unreadable.ts";

/** A file that a header includes. */
export interface IncludedFile {
  readonly file: string;
  readonly text: string;
}

/** Finds an included file: `name` as written, `from` the file that includes it. Undefined where there is none. */
export type FindInclude = (name: string, from: string) => IncludedFile | undefined;

/** Something that was passed over, and why. */
export interface Note {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface Preprocessed {
  /** What remains of all files together, with macros replaced. */
  readonly tokens: readonly IToken[];
  readonly macros: Macros;
  readonly notes: readonly Note[];
  /** Lines of the header itself that conditions leave out. */
  readonly inactiveLines: number;
  /** Headers that were not found, as they are included. */
  readonly missingIncludes: readonly string[];
}

const mostFiles = 200;
const mostNestedFiles = 30;
const mostNestedConditions = 200;

/** Does what a preprocessor does. Never throws over what a header says. */
export function preprocess(file: string, text: string, findInclude: FindInclude): Preprocessed {
  const preprocessor = new Preprocessor(file, findInclude);
  preprocessor.read("", knownMacros, 0);
  preprocessor.read(file, text, 0);
  return preprocessor.result();
}

/** One `#if` that is open: whether its lines count now, and whether one of its branches has counted. */
interface Condition {
  active: boolean;
  taken: boolean;
  readonly line: number;
}

class Preprocessor {
  private readonly main: string;
  private readonly findInclude: FindInclude;
  private readonly macros = new Macros();
  private readonly out: IToken[] = [];
  private readonly notes: Note[] = [];
  private readonly missing = new Set<string>();
  private inactiveLines = 0;
  private files = 0;
  private pack: number | undefined;
  private readonly packs: (number | undefined)[] = [];

  constructor(main: string, findInclude: FindInclude) {
    this.main = main;
    this.findInclude = findInclude;
  }

  result(): Preprocessed {
    return {
      tokens: this.out,
      macros: this.macros,
      notes: this.notes,
      inactiveLines: this.inactiveLines,
      missingIncludes: [...this.missing],
    };
  }

  read(file: string, text: string, depth: number): void {
    const { lines, unclosedComment } = logicalLines(text);
    const conditions: Condition[] = [];
    // Uses of macros may go over several lines, so lines of code are replaced together.
    let code: IToken[] = [];
    const flush = (): void => {
      if (code.length > 0) this.emit(code);
      code = [];
    };
    for (const line of lines) {
      const directive = /^\s*#\s*(\w*)(.*)$/s.exec(line.text);
      if (directive !== null) {
        flush();
        this.directive(directive[1] ?? "", (directive[2] ?? "").trim(), line, file, conditions, depth);
      } else if (line.text.trim() !== "") {
        if (conditions.every((one) => one.active))
          for (const token of tokensOf(line.text, this.place(file, line.line))) code.push(token);
        else if (file === this.main) this.inactiveLines++;
      }
    }
    flush();
    for (const condition of conditions) this.note(file, condition.line, "no #endif ends this condition");
    if (unclosedComment !== undefined) this.note(file, unclosedComment, "nothing ends the comment that begins here");
  }

  private place(file: string, line: number): TokenPlace {
    return { file, line, pack: this.pack };
  }

  private note(file: string, line: number, message: string): void {
    this.notes.push({ file, line, message });
  }

  private emit(code: readonly IToken[]): void {
    let tokens = code;
    try {
      tokens = this.macros.expand(code);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.note(error.place?.file ?? "", error.place?.line ?? 0, error.message);
    }
    for (const token of tokens) this.out.push(token);
  }

  private directive(
    word: string,
    rest: string,
    line: LogicalLine,
    file: string,
    conditions: Condition[],
    depth: number,
  ): void {
    const outer = conditions.slice(0, -1).every((one) => one.active);
    const last = conditions.at(-1);
    switch (word) {
      case "if":
      case "ifdef":
      case "ifndef": {
        if (conditions.length >= mostNestedConditions) {
          if (conditions.length === mostNestedConditions)
            this.note(file, line.line, `conditions are nested more than ${mostNestedConditions} deep`);
          conditions.push({ active: false, taken: true, line: line.line });
          return;
        }
        const active = conditions.every((one) => one.active) && this.holds(word, rest, file, line.line);
        conditions.push({ active, taken: active, line: line.line });
        return;
      }
      case "elif":
        if (last === undefined) return this.note(file, line.line, "no #if stands before this #elif");
        last.active = outer && !last.taken && this.holds("if", rest, file, line.line);
        last.taken ||= last.active;
        return;
      case "else":
        if (last === undefined) return this.note(file, line.line, "no #if stands before this #else");
        last.active = outer && !last.taken;
        last.taken = true;
        return;
      case "endif":
        if (conditions.pop() === undefined) this.note(file, line.line, "no #if stands before this #endif");
        return;
      default:
        if (conditions.every((one) => one.active)) this.statement(word, rest, line, file, depth);
        else if (file === this.main) this.inactiveLines++;
    }
  }

  private statement(word: string, rest: string, line: LogicalLine, file: string, depth: number): void {
    switch (word) {
      case "define": {
        const macro = macroOf(rest, this.place(file, line.line));
        if (macro === undefined) this.note(file, line.line, "#define without a name that C can have");
        else this.macros.define(macro);
        return;
      }
      case "undef":
        this.macros.undefine(rest.split(/\W/)[0] ?? "");
        return;
      case "include":
        this.include(rest, line.line, file, depth);
        return;
      case "pragma":
        this.pragma(rest);
        return;
      case "error":
        this.note(file, line.line, `#error ${rest}`);
        return;
      default:
        if (!["", "ident", "line", "warning"].includes(word))
          this.note(file, line.line, `#${word.slice(0, 40)} is nothing that C has`);
    }
  }

  private include(rest: string, line: number, file: string, depth: number): void {
    const name = /^[<"]([^>"]+)[>"]/.exec(rest)?.[1];
    if (name === undefined) {
      this.note(file, line, "#include without the name of a file");
      return;
    }
    if (knownHeaders.has(name)) return;
    if (depth >= mostNestedFiles || this.files >= mostFiles) {
      this.note(file, line, `not read: more than ${mostNestedFiles} files include each other, or ${mostFiles} in all`);
      return;
    }
    const found = this.findInclude(name, file);
    if (found === undefined) {
      this.missing.add(name);
      return;
    }
    // A file that includes itself, by whatever way, has said all that it says.
    if (found.file === this.main) return;
    this.files++;
    this.read(found.file, found.text, depth + 1);
  }

  /** `#pragma pack`: how compilers other than GCC pack. */
  private pragma(rest: string): void {
    const match = /^pack\s*\(\s*(push|pop)?\s*,?\s*(\d+)?\s*\)/.exec(rest);
    if (match === null) return;
    const [, what, bytes] = match;
    if (what === "push") this.packs.push(this.pack);
    if (what === "pop") this.pack = this.packs.pop();
    else if (bytes !== undefined || what === undefined) this.pack = bytes === undefined ? undefined : Number(bytes);
  }

  private holds(word: string, rest: string, file: string, line: number): boolean {
    if (word !== "if") {
      const name = /^\w+/.exec(rest)?.[0] ?? "";
      return this.macros.has(name) === (word === "ifdef");
    }
    try {
      const place = this.place(file, line);
      const tokens = this.macros.expand(this.withoutDefined(tokensOf(rest, place), place));
      const plain = tokens.map((token) => (isWord(token) ? madeToken(NumberToken, "0", place) : token));
      const value = evaluate(parseExpression(plain, new Set()), {
        name: () => ({ value: 0n, bits: 32, unsigned: false }),
        extent: () => {
          throw new Unreadable("a condition cannot ask for a size");
        },
      });
      return value.value !== 0n;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.note(file, line, `the condition is taken as false: ${error.message}`);
      return false;
    }
  }

  /** `defined X` and `__has_include(…)` as numbers, before macros are replaced. */
  private withoutDefined(tokens: readonly IToken[], place: TokenPlace): readonly IToken[] {
    const out: IToken[] = [];
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at];
      if (token === undefined) break;
      const asks = token.image === "defined" ? "defined" : token.image.startsWith("__has_") ? "has" : "";
      if (asks === "") {
        out.push(token);
        continue;
      }
      const inside = tokens[at + 1]?.image === "(";
      const name = tokens[at + (inside ? 2 : 1)]?.image ?? "";
      out.push(madeToken(NumberToken, asks === "defined" && this.macros.has(name) ? "1" : "0", place));
      if (!inside) at += 1;
      else while (at < tokens.length && tokens[at]?.image !== ")") at++;
    }
    return out;
  }
}

function macroOf(rest: string, place: TokenPlace): Macro | undefined {
  const match = /^([A-Za-z_$][\w$]*)(\(([^()]*)\))?(.*)$/s.exec(rest);
  const name = match?.[1];
  if (match === null || name === undefined) return undefined;
  const body = tokensOf(match[4] ?? "", place);
  if (match[2] === undefined) return { name, body, place };
  const parameters = (match[3] ?? "").split(",").map((one) => one.trim());
  return { name, body, place, parameters: parameters.length === 1 && parameters[0] === "" ? [] : parameters };
}
