/** What a listing declares, in its order. */
export interface Listing {
  readonly defines: readonly Define[];
  readonly enums: readonly (readonly Enumerator[])[];
  readonly structs: readonly Declared[];
  /** Words of bits outside of any struct: what a notification writes. */
  readonly words: readonly Word[];
}

export interface Define {
  readonly name: string;
  /** Of a macro with parameters. */
  readonly parameters?: readonly string[];
  readonly text: string;
}

export interface Enumerator {
  readonly name: string;
  readonly text?: string;
}

/** A struct with a tag. */
export interface Declared {
  readonly tag: string;
  readonly members: readonly Declaration[];
}

export type Declaration =
  | { readonly kind: "field"; readonly type: string; readonly name: string; readonly lengths: readonly string[] }
  | Word
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      readonly lengths: readonly string[];
      readonly members: readonly Declaration[];
    };

/** A word of bit groups; `name` may be empty. */
export interface Word {
  readonly kind: "word";
  readonly type: string;
  readonly name: string;
  readonly bits: readonly { readonly name: string; readonly shift: number; readonly width: number }[];
}

/** Bytes of what the standard calls its types; `u`, `char` and `le8` are among them. */
export const scalarSizes: ReadonlyMap<string, number> = new Map(
  [
    "u8:1",
    "le8:1",
    "char:1",
    "u16:2",
    "u32:4",
    "u64:8",
    "le16:2",
    "le32:4",
    "le64:8",
    "be16:2",
    "be32:4",
    "be64:8",
  ].map((pair): [string, number] => {
    const [name = "", size] = pair.split(":");
    return [name, Number(size)];
  }),
);

/**
 * Reads what looks like C: defines, enums, and structs with all that the standard puts into them (words of bits in
 * three notations, remarks in brackets, missing semicolons). Program text between them is passed over.
 */
export function readListing(text: string): Listing {
  const { code, defines } = takeDefines(withoutComments(text));
  const reader = new Reader(code.match(/[A-Za-z_]\w*(?:-[A-Za-z]\w*)*|0x[0-9A-Fa-f]+|\d+|\S/g) ?? []);
  reader.read();
  return { defines, enums: reader.enums, structs: reader.structs, words: reader.words };
}

/** A comment that is not ended, or not before the next begins, ends with its line. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*(?:(?!\*\/|\/\*)[\s\S])*\*\//g, " ")
    .replace(/\/\*.*$/gm, "")
    .replace(/\/\/.*$/gm, "");
}

function takeDefines(text: string): { readonly code: string; readonly defines: readonly Define[] } {
  const defines: Define[] = [];
  const code = text
    .replace(/\\\n/g, " ")
    .replace(/^\s*#\s*(\w+)\b(.*)$/gm, (_line, directive: string, rest: string) => {
      const match = /^\s*(\w+)(?:\(([\w\s,]*)\))?\s*(.*)$/.exec(rest);
      if (directive === "define" && match !== null) {
        const [, name = "", parameters, value = ""] = match;
        defines.push({
          name,
          text: value.trim(),
          ...(parameters === undefined ? {} : { parameters: parameters.split(",").map((one) => one.trim()) }),
        });
      }
      return "";
    });
  return { code, defines };
}

class Reader {
  readonly enums: (readonly Enumerator[])[] = [];
  readonly structs: Declared[] = [];
  readonly words: Word[] = [];
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  read(): void {
    while (this.at < this.tokens.length) {
      if (this.token === "struct" && this.ahead(2) === "{") this.composite();
      else if (this.token === "enum" && (this.ahead(1) === "{" || this.ahead(2) === "{")) this.enumeration();
      else if (scalarSizes.has(this.token) && this.ahead(1) === "{") this.words.push(this.word());
      else this.at++;
    }
  }

  private get token(): string {
    return this.tokens[this.at] ?? "";
  }

  private ahead(count: number): string {
    return this.tokens[this.at + count] ?? "";
  }

  private take(): string {
    return this.tokens[this.at++] ?? "";
  }

  private skip(token: string): boolean {
    if (this.token !== token) return false;
    this.at++;
    return true;
  }

  private enumeration(): void {
    this.at++;
    if (this.token !== "{") this.at++;
    this.at++;
    const found: Enumerator[] = [];
    while (this.token !== "}" && this.at < this.tokens.length) {
      const name = this.take();
      const value: string[] = [];
      if (this.skip("=")) while (this.token !== "," && this.token !== "}") value.push(this.take());
      this.skip(",");
      found.push(value.length === 0 ? { name } : { name, text: value.join(" ") });
    }
    this.at++;
    this.enums.push(found);
  }

  /** `struct tag { … }`, `struct { … }` or a union, up to and with its name. A tag makes it a struct of its own. */
  private composite(): Declaration | undefined {
    const keyword = this.take() === "union" ? "union" : "struct";
    const tag = this.token === "{" ? "" : this.take();
    this.at++;
    const members: Declaration[] = [];
    while (this.token !== "}" && this.at < this.tokens.length) {
      const before = this.at;
      this.member(members);
      // What no member begins with is passed over.
      if (this.at === before) this.at++;
    }
    this.at++;
    if (tag !== "") this.structs.push({ tag, members });
    while (this.token.startsWith("__attribute__")) {
      this.at++;
      this.brackets();
    }
    const isNamed = isName(this.token) && !this.beginsDeclaration();
    const name = isNamed ? this.take() : "";
    const lengths = this.lengths();
    this.skip(";");
    if (tag !== "" && name === "") return undefined;
    return tag === ""
      ? { kind: keyword, name, lengths, members }
      : { kind: "field", type: `struct ${tag}`, name, lengths };
  }

  /** A struct may lack its semicolon, so that what follows is the next declaration. */
  private beginsDeclaration(): boolean {
    return this.token === "struct" || this.token === "union" || this.token === "enum" || scalarSizes.has(this.token);
  }

  private member(members: Declaration[]): void {
    if (this.token === "(") return this.brackets();
    if (this.token === "struct" || this.token === "union") {
      if (this.ahead(1) === "{" || this.ahead(2) === "{") {
        const member = this.composite();
        if (member !== undefined) members.push(member);
        return;
      }
      const keyword = this.take();
      return this.declarator(`${keyword} ${this.take()}`, members);
    }
    if (!scalarSizes.has(this.token)) return;
    if (this.ahead(1) === "{") {
      members.push(this.word());
      return;
    }
    this.declarator(this.take(), members);
  }

  private declarator(type: string, members: Declaration[]): void {
    const name = this.take();
    const lengths = this.lengths();
    if (this.skip(":")) this.bit(members, type, name, Number(this.take()));
    else members.push({ kind: "field", type, name, lengths });
    if (this.token === "(") this.brackets();
    this.skip(";");
  }

  /** C's own notation: groups of one type fill a word, then the next begins. */
  private bit(members: Declaration[], type: string, name: string, width: number): void {
    const last = members.at(-1);
    const used = last?.kind === "word" ? last.bits.reduce((sum, one) => sum + one.width, 0) : 0;
    if (last?.kind === "word" && last.name === "" && last.type === type && used + width <= bitsOf(type))
      members[members.length - 1] = { ...last, bits: [...last.bits, { name, shift: used, width }] };
    else members.push({ kind: "word", type, name: "", bits: [{ name, shift: 0, width }] });
  }

  /** `le16 { a : 15; b : 1; } name;`, in which a union lays groups over each other. */
  private word(): Word {
    const type = this.take();
    this.at++;
    const bits: { name: string; shift: number; width: number }[] = [];
    let shift = 0;
    let inUnion = false;
    let widest = 0;
    while (this.at < this.tokens.length) {
      if (this.token === "union") {
        this.at += 2;
        inUnion = true;
      } else if (this.token === "}") {
        this.at++;
        if (!inUnion) break;
        this.skip(";");
        inUnion = false;
        shift += widest;
      } else {
        const name = this.take();
        this.skip(":");
        const width = Number(this.take());
        bits.push({ name, shift, width });
        widest = Math.max(widest, width);
        if (!inUnion) shift += width;
        if (!this.skip(";")) this.skip(",");
      }
    }
    const name = isName(this.token) && !this.beginsDeclaration() ? this.take() : "";
    this.skip(";");
    return { kind: "word", type, name, bits };
  }

  private lengths(): readonly string[] {
    const found: string[] = [];
    while (this.skip("[")) {
      const inside: string[] = [];
      while (this.token !== "]" && this.at < this.tokens.length) inside.push(this.take());
      this.at++;
      found.push(inside.join(" "));
    }
    return found;
  }

  private brackets(): void {
    let depth = 0;
    do {
      if (this.token === "(") depth++;
      else if (this.token === ")") depth--;
      this.at++;
    } while (depth > 0 && this.at < this.tokens.length);
  }
}

function isName(token: string): boolean {
  return /^[A-Za-z_]/.test(token);
}

function bitsOf(type: string): number {
  return (scalarSizes.get(type) ?? 0) * 8;
}
