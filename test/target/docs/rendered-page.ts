import GithubSlugger from "github-slugger";
import { marked, type Token, type Tokens } from "marked";

/** What a reader finds on a page, taken apart by parsers that know nothing of how it was made. */

/** Every token of a page, those inside others too. */
export function tokensOf(markdown: string): readonly Token[] {
  return marked.lexer(markdown).flatMap((token) => withInner(token));
}

function withInner(token: Token): readonly Token[] {
  if (token.type === "table") {
    const { header, rows } = token as Tokens.Table;
    return [token, ...[...header, ...rows.flat()].flatMap((cell) => cell.tokens.flatMap((inner) => withInner(inner)))];
  }
  if (token.type === "list") return [token, ...(token as Tokens.List).items.flatMap((item) => withInner(item))];
  return [
    token,
    ...("tokens" in token && token.tokens !== undefined ? token.tokens.flatMap((inner) => withInner(inner)) : []),
  ];
}

/** The words without their markup. */
export function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      "tokens" in token && token.tokens !== undefined
        ? plainText(token.tokens)
        : "text" in token
          ? String(token.text)
          : "",
    )
    .join("");
}

export interface Section {
  readonly heading: string;
  readonly tables: readonly Tokens.Table[];
}

/** A page cut at its headings. */
export function sectionsOf(markdown: string): readonly Section[] {
  const sections: { heading: string; tables: Tokens.Table[] }[] = [{ heading: "", tables: [] }];
  for (const token of marked.lexer(markdown)) {
    if (token.type === "heading") sections.push({ heading: (token as Tokens.Heading).text, tables: [] });
    else if (token.type === "table") sections.at(-1)?.tables.push(token as Tokens.Table);
  }
  return sections;
}

export function tablesOf(markdown: string): readonly Tokens.Table[] {
  return sectionsOf(markdown).flatMap((section) => section.tables);
}

export function tablesUnder(markdown: string, heading: string): readonly Tokens.Table[] {
  return sectionsOf(markdown)
    .filter((section) => section.heading === heading)
    .flatMap((section) => section.tables);
}

/** The rows of a table as Markdown, without its head. */
export function rowsOf(table: Tokens.Table | undefined): readonly (readonly string[])[] | undefined {
  return table?.rows.map((row) => row.map((cell) => cell.text));
}

/** What a column says in the rows in which another one has this text. */
export function lookUp(
  tables: readonly Tokens.Table[],
  column: string,
  text: string,
  wanted: string,
): readonly string[] {
  return tables.flatMap((table) => {
    const titles = table.header.map((cell) => cell.text);
    return table.rows
      .filter((row) => row[titles.indexOf(column)]?.text === text)
      .map((row) => row[titles.indexOf(wanted)]?.text ?? "");
  });
}

/** The text from a heading to the next one of its rank or above. */
export function under(markdown: string, heading: RegExp): string | undefined {
  const lines = markdown.split("\n");
  const from = lines.findIndex((line) => heading.test(line));
  if (from < 0) return undefined;
  const rank = /^#+/.exec(lines[from] ?? "")?.[0].length ?? 1;
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => new RegExp(`^#{1,${rank}} `).test(line));
  return rest.slice(0, end < 0 ? undefined : end).join("\n");
}

/** Names that code in the text declares: `le32 size`, `u8 mac[6]`, `unmap : 1`. */
export function declaredIn(markdown: string): ReadonlySet<string> {
  const spans = tokensOf(markdown).filter((token): token is Tokens.Codespan => token.type === "codespan");
  return new Set(spans.map(({ text }) => /^(?:\w+ )?(\w+)(?:\[.*\]| : \d+)?$/.exec(text)?.[1] ?? text));
}

/** Links to pages and headings that do not exist, as GitHub would name the headings. */
export function deadLinks(files: ReadonlyMap<string, string>): readonly string[] {
  const anchors = new Map([...files].map(([path, text]) => [path, anchorsOf(text)]));
  return [...files].flatMap(([path, text]) =>
    tokensOf(text)
      .filter((token): token is Tokens.Link => token.type === "link")
      .filter(({ href }) => {
        const [file = "", fragment] = href.split("#");
        const target = anchors.get(file === "" ? path : file);
        return target === undefined || (fragment !== undefined && !target.has(fragment));
      })
      .map(({ href }) => `${path}: ${href}`),
  );
}

function anchorsOf(markdown: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const headings = tokensOf(markdown).filter((token): token is Tokens.Heading => token.type === "heading");
  return new Set(headings.map((heading) => slugger.slug(plainText(heading.tokens))));
}
