import { printExpression } from "../../ir/print-expression.ts";
import type { Request } from "../../ir/model.ts";
import { valueName } from "./identifiers.ts";
import type { OperationPath } from "./operation-paths.ts";

/**
 * Members of the runtime's VirtioDevice and VirtioDriver that are not private to them, and what an object has anyway: no
 * method of an operation may be called so.
 */
export const baseMembers: ReadonlySet<string> = new Set(
  (
    "constructor toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable " +
    // VirtioDevice
    "acceptedWord acceptFeatures acceptWord adminQueues attach buffersAdded changeConfig config configGeneration " +
    "configLength configWritten description enableQueue features gaveUp giveUp memory needsReset notified offered " +
    "offeredWord order queueEnabled queueMaxSize queueOf queuePlaces readConfig resetQueue running send " +
    "sharedMemory speak started status wasReset writeConfig writeStatus " +
    // VirtioDriver
    "checkStatus configAccess eventFailed failure interrupt listen notifyDevice onConfigChange onFailure poll " +
    "prepare release request restart start stop transport"
  ).split(" "),
);

/** An alternative of a message, and what the method for it is called. */
export interface NamedPath {
  readonly name: string;
  readonly request: Request;
  readonly path: OperationPath;
}

/**
 * Names the operations of a device. Where a device has but one message, an alternative is called as its tag: `in`,
 * `getId`. Otherwise the message goes in front: `ctrlMacAddrSet`; a message without alternatives has its own name. A
 * name that is taken, that begins with a number, or that the base classes have, gets the message's in front, and then
 * its kind behind it.
 */
export function nameOperations(
  messages: readonly { readonly request: Request; readonly paths: readonly OperationPath[] }[],
): readonly NamedPath[] {
  const taken = new Set(baseMembers);
  const alone = messages.length === 1;
  return messages.flatMap(({ request, paths }) =>
    paths.map((path) => {
      const tags = path.tags.map((one) => tagName(one));
      const whole = valueName([request.name, ...tags].join("_"));
      const short = tags.length === 0 ? whole : valueName(tags.join("_"));
      const wanted = [...(alone ? [short] : []), whole, `${whole}${capital(request.kind)}`];
      const isFree = (one: string): boolean =>
        /^[A-Za-z]/.test(one) && !taken.has(one) && !(request.kind === "event" && taken.has(listenerName(one)));
      let name = wanted.find((one) => isFree(one)) ?? whole;
      for (let count = 2; !isFree(name); count++) name = `${whole}${count}`;
      taken.add(name);
      if (request.kind === "event") taken.add(listenerName(name));
      return { name, request, path };
    }),
  );
}

/** The driver's method for an event: `onInput`. */
export function listenerName(event: string): string {
  return `on${capital(event)}`;
}

/** What a tag is called in the description: its constant or number, the first of a range, or `default`. */
export function tagName({ tag, arm }: OperationPath["tags"][number]): string {
  if (tag.kind === "default") return arm.name;
  const first = tag.kind === "value" ? tag.value : tag.from;
  return first.op === "constant" ? first.name : printExpression(first);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
