import { Cmd, CMD, CMD_STATUS, CMD_STATUS_Q, CmdIn, operations, type AdminMethods } from "../described/admin.ts";
import type { QueuePlace } from "../queues.ts";
import type { Chain } from "../virtqueue/chain.ts";
import type { Answer, Incoming } from "./incoming.ts";
import { OperationServer, type OperationHost } from "./operation-server.ts";

/** A group of devices that a device is the owner of. */
export interface AdminGroup {
  /** Whether the group has a member of this id now; a command for any other is refused. */
  hasMember(id: bigint): boolean;
  /** What the device serves for the members, by the names of the commands. The two lists are the runtime's. */
  readonly commands: Omit<AdminMethods, "listQuery" | "listUse">;
}

/** The administration virtqueues of a device. */
export interface AdminOptions {
  /** How many there are; 1 if absent. */
  readonly queues?: number;
  /** The groups that the device is the owner of, by their types. */
  readonly groups: Readonly<Record<number, AdminGroup>>;
}

/** Thrown by a command's method: the command fails, and this is its answer. */
export class AdminFault extends Error {
  readonly status: CMD_STATUS;
  readonly qualifier: CMD_STATUS_Q;

  constructor(status: CMD_STATUS, qualifier: CMD_STATUS_Q = CMD_STATUS_Q.INVALID_COMMAND) {
    super(`the command fails with the status ${status}, qualifier ${qualifier}`);
    this.name = "AdminFault";
    this.status = status;
    this.qualifier = qualifier;
  }
}

/** The name of administration virtqueues. */
export const adminQueue = "adminq";

type Name = keyof typeof operations;
type Method = (request: Incoming) => Answer<unknown>;

const bitsOfWord = 64;
const names = Object.keys(operations) as Name[];
/** What may be used of each group from a reset on. */
const lists: ReadonlySet<number> = new Set([CMD.LIST_QUERY, CMD.LIST_USE]);

function opcodeOf(name: Name): number {
  const tag = operations[name].tags[0]?.[0];
  return typeof tag === "number" ? tag : -1;
}

/** What a device answers on its administration virtqueues, and which commands the driver has chosen. */
export class AdminCommands {
  readonly count: number;
  private readonly groups: ReadonlyMap<number, AdminGroup>;
  /** Opcodes that the driver uses, by group type; those of the lists where it has not said. */
  private readonly used = new Map<number, ReadonlySet<number>>();

  constructor({ queues = 1, groups }: AdminOptions) {
    this.count = queues;
    this.groups = new Map(Object.entries(groups).map(([type, group]) => [Number(type), group]));
  }

  /** @param index of the first */
  places(index: number): readonly QueuePlace[] {
    return Array.from({ length: this.count }, (_, each) => ({ name: adminQueue, index: each, number: index + each }));
  }

  /** The device is reset: the driver has chosen nothing. */
  reset(): void {
    this.used.clear();
  }

  serverOf(place: QueuePlace, host: OperationHost): AdminServer {
    return new AdminServer(this, place, {
      ...host,
      methodOf: (name) => this.methodOf(name as Name),
      refusalOf: (error) =>
        error instanceof AdminFault ? { status: error.status, status_qualifier: error.qualifier } : undefined,
    });
  }

  /** What the standard has against a command, in its order; undefined where it can be executed. */
  faultOf({ opcode, group_type: type, group_member_id: member }: Cmd): CMD_STATUS_Q | undefined {
    const group = this.groups.get(type);
    if (group === undefined) return CMD_STATUS_Q.INVALID_GROUP;
    if (!this.opcodesOf(group).has(opcode) || !(this.used.get(type) ?? lists).has(opcode))
      return CMD_STATUS_Q.INVALID_OPCODE;
    return lists.has(opcode) || group.hasMember(member) ? undefined : CMD_STATUS_Q.INVALID_MEMBER;
  }

  /** Checks what the method gets: a driver can change a command that it has sent already. */
  private methodOf(name: Name): Method {
    return (request) => {
      const command = request.value as Cmd;
      const fault = this.faultOf(command);
      if (fault !== undefined) throw new AdminFault(CMD_STATUS.EINVAL, fault);
      const group = this.groups.get(command.group_type);
      if (name === "listQuery") return done({ device_admin_cmd_opcodes: wordsOf(this.opcodesOf(group)) });
      if (name === "listUse") return this.use(command as Parameters<typeof this.use>[0]);
      const method = group?.commands[name] as Method | undefined;
      if (method === undefined) throw new AdminFault(CMD_STATUS.EINVAL, CMD_STATUS_Q.INVALID_OPCODE);
      return method.call(group?.commands, request);
    };
  }

  private use(command: Cmd & { readonly data: { readonly device_admin_cmd_opcodes: readonly bigint[] } }): CmdIn {
    const supported = this.opcodesOf(this.groups.get(command.group_type));
    const wanted = opcodesIn(command.data.device_admin_cmd_opcodes, supported);
    if (wanted === undefined) throw new AdminFault(CMD_STATUS.EINVAL, CMD_STATUS_Q.INVALID_FIELD);
    this.used.set(command.group_type, wanted);
    return done();
  }

  private opcodesOf(group: AdminGroup | undefined): ReadonlySet<number> {
    const own = names.filter((name) => name in (group?.commands ?? {}));
    return new Set([...lists, ...own.map((name) => opcodeOf(name))]);
  }
}

/** Serves one administration virtqueue. */
export class AdminServer {
  readonly serves = true;
  private readonly commands: AdminCommands;
  private readonly server: OperationServer;

  constructor(commands: AdminCommands, place: QueuePlace, host: OperationHost) {
    this.commands = commands;
    this.server = new OperationServer(place, operations, host);
  }

  /** Serves one chain. Returns how many bytes were written, or PENDING. Never throws. */
  serve(chain: Chain): number {
    const head = new Uint8Array(Cmd.byteLength ?? 0);
    // What is missing is zero.
    chain.read(0, head);
    const fault = this.commands.faultOf(Cmd.fromBytes(head));
    if (fault === undefined) return this.server.serve(chain);
    const answer = CmdIn.toBytes({ status: CMD_STATUS.EINVAL, status_qualifier: fault });
    return chain.write(0, answer.subarray(0, chain.writableLength));
  }
}

/** The answer of a command that succeeds. */
function done<Result extends object>(result?: Result): CmdIn & { readonly result?: Result } {
  const ok = { status: CMD_STATUS.OK, status_qualifier: CMD_STATUS_Q.OK };
  return result === undefined ? ok : { ...ok, result };
}

function wordsOf(opcodes: ReadonlySet<number>): readonly bigint[] {
  const words = Array.from({ length: Math.floor(Math.max(...opcodes) / bitsOfWord) + 1 }, () => 0n);
  for (const opcode of opcodes) {
    const at = Math.floor(opcode / bitsOfWord);
    words[at] = (words[at] ?? 0n) | (1n << BigInt(opcode % bitsOfWord));
  }
  return words;
}

/** The opcodes of a list; undefined where one of them is not supported. */
function opcodesIn(words: readonly bigint[], supported: ReadonlySet<number>): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const [at, word] of words.entries())
    for (let bit = 0; bit < bitsOfWord && word >> BigInt(bit) !== 0n; bit++) {
      if (((word >> BigInt(bit)) & 1n) === 0n) continue;
      const opcode = at * bitsOfWord + bit;
      if (!supported.has(opcode)) return undefined;
      found.add(opcode);
    }
  return found;
}
