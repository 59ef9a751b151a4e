import { docComment } from "./doc-comment.ts";

/** A member of a value's type. */
export interface TypeMember {
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
  readonly doc: string;
  /** The tags of the alternatives that have it, where the type cannot tell. */
  readonly tags: readonly string[];
}

/** A member as the template prints it. */
export interface PrintedMember {
  /** With its line break; empty where there is nothing to say. */
  readonly doc: string;
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
}

/** Alternatives that one member of the value tells apart. */
export interface Alternatives {
  readonly tag: string;
  readonly arms: Alternative[];
}

export interface Alternative {
  /** Types of the tag. */
  readonly tags: readonly string[];
  readonly doc: string;
  readonly members: TypeMembers;
}

/** The members of a value, and the alternatives of which it has one each. */
export class TypeMembers {
  readonly alternatives: Alternatives[] = [];
  private readonly members: TypeMember[] = [];

  /** A second member of the same name, of another alternative, makes it either. */
  add(member: TypeMember): void {
    const index = this.members.findIndex((one) => one.name === member.name);
    const other = this.members[index];
    if (other === undefined) {
      this.members.push(member);
      return;
    }
    this.members[index] = {
      ...other,
      optional: other.optional || member.optional,
      type: joined(other.type, member.type, " | "),
      doc: other.doc.includes(member.doc) ? other.doc : `${other.doc} ${member.doc}`.trim(),
      tags: [...new Set([...other.tags, ...member.tags])],
    };
  }

  choose(alternatives: Alternatives): void {
    this.alternatives.push(alternatives);
  }

  get printed(): readonly PrintedMember[] {
    return this.members.map((member) => print(member));
  }

  /** The members without what is said of them. */
  get text(): string {
    return this.members.map((member) => memberText(member)).join("; ");
  }
}

/** Two texts after each other, once where they are the same. */
function joined(a: string, b: string, between: string): string {
  return [...new Set([...a.split(between), b])].filter((text) => text !== "").join(between);
}

function print({ name, optional, type, doc, tags }: TypeMember): PrintedMember {
  const text = tags.length === 0 ? doc : `With ${tags.join(", ")}${doc === "" ? "." : `: ${doc}`}`;
  return { doc: docComment([text], "  "), name, optional, type };
}

function memberText(member: Pick<TypeMember, "name" | "optional" | "type">): string {
  return `${member.name}${member.optional ? "?" : ""}: ${member.type}`;
}

/** Alternatives in brackets; those that have the same members are one. */
export function alternativesText(alternatives: Alternatives): string {
  const merged = new Map<string, { tags: string[]; docs: string[]; members: TypeMembers }>();
  for (const { tags, doc, members } of alternatives.arms) {
    const key = [members.text, ...members.alternatives.map((one) => alternativesText(one))].join("\n");
    const same = merged.get(key) ?? { tags: [], docs: [], members };
    merged.set(key, same);
    same.tags.push(...tags);
    if (doc !== "") same.docs.push(doc);
  }
  const texts = [...merged.values()].map(({ tags, docs, members }) => {
    const doc = [...new Set(docs)].join(" ");
    const tag = print({ name: alternatives.tag, optional: false, type: [...new Set(tags)].join(" | "), doc, tags: [] });
    const object = objectText([tag, ...members.printed]);
    const inner = members.alternatives.map((one) => ` & ${alternativesText(one)}`).join("");
    return inner === "" ? object : `(${object}${inner})`;
  });
  return `(${texts.map((text) => `| ${text}`).join(" ")})`;
}

/** An object's type on one line, or, where its members are documented, on a line each. */
function objectText(members: readonly PrintedMember[]): string {
  if (members.every((member) => member.doc === ""))
    return `{ ${members.map((member) => memberText(member)).join("; ")} }`;
  return `{\n${members.map((member) => `${member.doc}  ${memberText(member)};\n`).join("")}}`;
}
