/**
 * What a C header publishes, by name: `NAME` (a macro or an enumerator: the one does what the other does), `NAME()` (a
 * function or a macro with parameters), `struct TAG`, `struct TAG.field`, `typedef NAME`.
 */
export function publishedNames(preprocessed: string, isOwn: (file: string) => boolean): ReadonlySet<string> {
  const names = new Set<string>();
  const code: string[] = [];
  let own = false;
  for (const line of preprocessed.split("\n")) {
    const marker = /^# \d+ "([^"]*)"/.exec(line);
    if (marker !== null) {
      own = isOwn(marker[1] ?? "");
      continue;
    }
    if (!own) continue;
    const define = /^#define (\w+)(\(?)/.exec(line);
    if (define !== null) names.add(`${define[1] ?? ""}${define[2] === "(" ? "()" : ""}`);
    else if (/^#undef (\w+)/.test(line)) names.delete(line.slice("#undef ".length).trim());
    else code.push(line);
  }
  new Declarations(tokensOf(code.join("\n")), names).read();
  return names;
}

function tokensOf(code: string): readonly string[] {
  return code.match(/\w+|"[^"]*"|'[^']*'|[^\s\w]/g) ?? [];
}

/** Reads declarations as headers have them: structs, unions, enums, typedefs and inline functions. */
class Declarations {
  private readonly tokens: readonly string[];
  private readonly names: Set<string>;
  private at = 0;

  constructor(tokens: readonly string[], names: Set<string>) {
    this.tokens = tokens;
    this.names = names;
  }

  read(): void {
    while (this.at < this.tokens.length) this.declaration();
  }

  private get token(): string {
    return this.tokens[this.at] ?? "";
  }

  private is(...tokens: readonly string[]): boolean {
    return tokens.includes(this.token);
  }

  private declaration(): void {
    const isTypedef = this.skip("typedef");
    this.skip("__extension__");
    let name = "";
    for (; this.at < this.tokens.length && this.token !== ";";) {
      if (this.token === "__attribute__" || this.token === "__asm__") {
        this.at++;
        this.balanced("(", ")");
      } else if (this.token === "struct" || this.token === "union") this.composite([]);
      else if (this.token === "enum") this.enumeration();
      else if (this.token === "(") {
        if (!isTypedef && name !== "") this.names.add(`${name}()`);
        this.balanced("(", ")");
      } else if (this.token === "{") {
        // The body of an inline function ends the declaration without a semicolon.
        this.balanced("{", "}");
        return;
      } else if (this.token === "[") this.balanced("[", "]");
      else {
        name = this.token;
        this.at++;
      }
    }
    this.at++;
    if (isTypedef && name !== "") this.names.add(`typedef ${name}`);
  }

  /** @param path what the members' names begin with: tag and names of the aggregates around them; empty outside a struct */
  private composite(path: readonly string[]): void {
    this.at++;
    this.attributes();
    const tag = /^\w+$/.test(this.token) ? this.token : "";
    if (tag !== "") this.at++;
    if (this.token !== "{") return;
    if (tag !== "") this.names.add(`struct ${tag}`);
    this.members(tag === "" ? path : [`struct ${tag}`]);
  }

  private members(path: readonly string[]): void {
    this.at++;
    while (this.token !== "}" && this.at < this.tokens.length) this.member(path);
    this.at++;
    this.attributes();
  }

  private member(path: readonly string[]): void {
    this.skip("__extension__");
    if (this.token === "struct" || this.token === "union") {
      const keyword = this.at;
      const tag = this.tokens[this.at + 1] ?? "";
      const opens = tag === "{" || this.tokens[this.at + 2] === "{";
      if (opens) {
        const name = this.nameBehind();
        this.at = keyword;
        this.composite(name === "" ? path : [...path, name]);
        if (name !== "") this.add([...path, name]);
        this.toSemicolon();
        return;
      }
    }
    let name = "";
    while (this.token !== ";" && this.at < this.tokens.length) {
      if (this.token === "[") this.balanced("[", "]");
      else if (this.token === "__attribute__") this.attributes();
      else if (this.token === ":") this.at += 2;
      else if (this.token === ",") {
        this.add([...path, name]);
        this.at++;
      } else {
        name = this.token;
        this.at++;
      }
    }
    this.at++;
    this.add([...path, name]);
  }

  private add(path: readonly string[]): void {
    if (path.length > 1 && path.at(-1) !== "") this.names.add(path.join("."));
  }

  /** The name of the member whose struct begins here. */
  private nameBehind(): string {
    while (this.token !== "{") this.at++;
    this.balanced("{", "}");
    this.attributes();
    return /^\w+$/.test(this.token) ? this.token : "";
  }

  private toSemicolon(): void {
    while (this.token !== ";" && this.at < this.tokens.length) this.at++;
    this.at++;
  }

  private enumeration(): void {
    this.at++;
    if (/^\w+$/.test(this.token)) this.at++;
    if (!this.skip("{")) return;
    while (!this.is("}") && this.at < this.tokens.length) {
      this.names.add(this.token);
      while (!this.is(",", "}") && this.at < this.tokens.length) this.at++;
      this.skip(",");
    }
    this.at++;
  }

  private attributes(): void {
    while (this.token === "__attribute__") {
      this.at++;
      this.balanced("(", ")");
    }
  }

  private skip(token: string): boolean {
    if (this.token !== token) return false;
    this.at++;
    return true;
  }

  private balanced(open: string, close: string): void {
    let depth = 0;
    do {
      if (this.token === open) depth++;
      else if (this.token === close) depth--;
      this.at++;
    } while (depth > 0 && this.at < this.tokens.length);
  }
}
