import type { Block, StructItem, StructView } from "./blocks.ts";
import { comment, noComment, plain, tab } from "./comment.ts";
import { needsExtension, type CField, type CMember, type CRemark, type CStruct } from "./declaration.ts";
import { tabs } from "./defines.ts";

/** Lays out a C struct as the kernel does: comments behind the members where all are short, else above them. */
export function structView(struct: CStruct, widest: number): StructView {
  const followedBy: StructItem[] =
    struct.followedBy.length === 0
      ? []
      : [{ shape: "note", comment: followedByComment(struct.followedBy, tab), indent: "\t" }];
  return {
    shape: "struct",
    comment: comment(struct.comment),
    extension: needsExtension(struct.members) ? "__extension__ " : "",
    keyword: struct.keyword,
    tag: struct.tag,
    items: [...items(struct.members, 1, trailingColumn(struct.members, widest)), ...followedBy],
    attribute: struct.packed ? " __attribute__((packed))" : "",
  };
}

/** What the standard calls a struct where C can declare none. */
export function remarkView(remark: CRemark): Block {
  const listing = remark.followedBy.map((line) => `\t${line}`);
  return {
    shape: "remark",
    comment: comment([
      ...remark.comment,
      ...(remark.comment.length > 0 ? [""] : []),
      `struct ${remark.tag} varies from its beginning:`,
      ...listing,
    ]),
  };
}

function followedByComment(lines: readonly string[], indent: number): ReturnType<typeof comment> {
  return comment(["Followed by:", ...lines.map((line) => `\t${line}`)], indent);
}

function declarator(field: CField, name: string): string {
  return `${field.type} ${name}${field.suffix};`;
}

interface Line {
  readonly depth: number;
  readonly length: number;
  readonly comment: readonly string[];
}

function fieldLines(members: readonly CMember[], depth: number): readonly Line[] {
  return members.flatMap((member): readonly Line[] =>
    member.kind === "field"
      ? [
          {
            depth,
            length: declarator(member, member.name.cxx).length,
            comment: member.name.c === member.name.cxx ? member.comment : [],
          },
        ]
      : fieldLines(member.members, depth + 1),
  );
}

/** The column of the comments behind the members, or undefined where one of them is too long to stand there. */
function trailingColumn(members: readonly CMember[], widest: number): number | undefined {
  const lines = fieldLines(members, 1);
  const end = Math.max(...lines.map((line) => line.depth * tab + line.length)) + 1;
  const column = Math.ceil(end / tab) * tab;
  const fits = lines.every(
    (line) =>
      line.comment.length === 0 ||
      (line.comment.length === 1 && column + plain(line.comment[0] ?? "").length + "/*  */".length <= widest),
  );
  return fits ? column : undefined;
}

function items(members: readonly CMember[], depth: number, column: number | undefined): readonly StructItem[] {
  const indent = "\t".repeat(depth);
  return members.flatMap((member): readonly StructItem[] => {
    if (member.kind === "aggregate") {
      const name = member.name === undefined ? "" : ` ${member.name.c}`;
      return [
        { shape: "open", comment: comment(member.comment, depth * tab), indent, text: `${member.keyword} {` },
        ...items(member.members, depth + 1, column),
        { shape: "close", indent, text: `}${name}${member.suffix};` },
      ];
    }
    const text = declarator(member, member.name.c);
    if (member.name.c !== member.name.cxx) {
      return [
        {
          shape: "renamed",
          comment: comment(member.comment, depth * tab),
          indent,
          text,
          cxx: declarator(member, member.name.cxx),
        },
      ];
    }
    const [only = ""] = member.comment;
    const behind = column !== undefined && only !== "";
    const trailing = behind ? `${tabs(depth * tab + text.length, column)}/* ${plain(only)} */` : "";
    return [
      {
        shape: "field",
        comment: column === undefined ? comment(member.comment, depth * tab) : noComment,
        indent,
        text,
        trailing,
      },
    ];
  });
}
