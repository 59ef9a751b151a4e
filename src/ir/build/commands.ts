import type * as Ast from "../../../grammar/ast.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { unknownRevision } from "../../check/unknown-revision.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Command } from "../model.ts";
import { emptyEnvironment, present, type Context, type Inherited } from "./context.ts";
import { element } from "./element.ts";
import { conditionOf } from "./expressions.ts";
import { find } from "./find-attribute.ts";
import { buildMembers } from "./members.ts";
import { membersNamed } from "./scope.ts";

/** Builds what is numbered and carries members: a command, a capability, a resource object, a device part. */
export function buildCommand(context: Context, item: Ast.Command, outer: Inherited): Command {
  const isCcw = item.kind === "ccw_command";
  const prefix = `${context.scope.cPrefix}${isCcw ? "CMD_" : ""}`;
  const base = element(
    context,
    isCcw ? "CCW command" : "command",
    item.name.text,
    item,
    outer,
    (name) => prefix + name,
    conditionOf(context, item.attributes, emptyEnvironment),
  );
  const number =
    item.number === undefined
      ? undefined
      : context.constants.evaluate(context.scope, undefined, item.number, new Map());
  return {
    kind: item.kind,
    ...base,
    ...present({
      number: number === undefined ? undefined : Number(number),
      direction: item.direction,
      refers: find(item.attributes, "refers")?.names.map((name) => name.text),
      given: givenMembers(context, item),
      transportRevision: transportRevision(context, item),
    }),
    // A section may name what stands in another: a result depends on its command's data.
    sections: item.sections.map((section) => ({
      name: section.name?.text ?? "",
      members: buildMembers(context, section.members, base, {
        ...emptyEnvironment,
        members: [item.sections.flatMap((one) => one.members)],
      }),
    })),
  };
}

/** The revision of channel I/O that has a command. */
function transportRevision(context: Context, { attributes }: Ast.Command): number | undefined {
  const since = find(attributes, "transport_revision");
  if (since === undefined || /^\d+$/.test(since.revision)) return since && Number(since.revision);
  context.report(unknownRevision, {
    message: `${since.revision} is no revision of a transport`,
    at: since.at,
    help: "those are whole numbers: since revision 2",
  });
  return undefined;
}

/** The members that `given` names, of the payload itself or of the struct that it is. */
function givenMembers(context: Context, item: Ast.Command): readonly string[] | undefined {
  const given = find(item.attributes, "given");
  if (given === undefined) return undefined;
  const own = item.sections.flatMap((section) => section.members);
  const members = own.flatMap((member) =>
    member.kind === "field" && member.type.kind === "struct"
      ? (context.scope.structs.get(member.type.path.at(-1)?.text ?? "")?.flatMap((struct) => struct.members) ?? [])
      : [member],
  );
  for (const name of given.names) {
    if (membersNamed(members, name.text).length > 0) continue;
    const meant = nearest(
      name.text,
      members.flatMap((member) => ("name" in member && member.name !== undefined ? [member.name.text] : [])),
    );
    context.report(unknownName, {
      message: `'${item.name.text}' has no member '${name.text}'`,
      at: name.at,
      ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
    });
  }
  return given.names.map((name) => name.text);
}
