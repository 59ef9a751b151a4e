// A SCSI host with a disk behind it:
//
//   const unit = new LogicalUnit({ store: new BufferStore(64 << 20), serial: "A-1" });
//   const host = new ScsiHost({ units: [{ target: 0, lun: 0, unit }] });
//   const registers = new MmioDevice(host, { memory, interrupt: (raised) => machine.setLine(5, raised) });
//   host.plug({ target: 0, lun: 1, unit: another });

import type { Answer, Incoming, QueuePlace } from "virtgen/runtime";
import * as scsi from "../../generated/typescript/scsi.ts";
import { ringFeatures, type RingOptions } from "./ring-features.ts";
import type { ScsiResult } from "./scsi/command.ts";
import type { LogicalUnit } from "./scsi/logical-unit.ts";
import { type LunAddress, lunBytes, parseLun, wellKnown } from "./scsi/lun.ts";
import { capacityChanged, senseBytes } from "./scsi/sense.ts";
import { executeOn, executeOnWellKnown } from "./scsi/target.ts";

/** A unit and where it is. */
export interface PluggedUnit extends LunAddress {
  readonly unit: LogicalUnit;
}

export interface ScsiHostOptions extends RingOptions {
  /** What is there from the beginning. */
  readonly units?: Iterable<PluggedUnit>;
  /** Request queues; 1 if absent. */
  readonly queues?: number;
}

/** A command that takes time. */
interface Task extends LunAddress {
  readonly id: bigint;
  /** When it is answered. */
  ended: Promise<unknown>;
  /** How it is answered, whatever came of it, because something ended it. */
  verdict: scsi.S | undefined;
}

const { S, T_TMF, EVENT, EVT_RESET } = scsi;
/** In bytes: a driver that asks for more sense data, or larger commands, than this gets the usual sizes. */
const longestSense = 4096;
const longestCdb = 260;
const usualSense = afterReset("sense_size");
const usualCdb = afterReset("cdb_size");

/**
 * A SCSI host without protection information and without data both ways in one command. Commands that a task management
 * function ends are still carried out by the store, for their buffers are in use: they are answered when that is over,
 * and the function after them.
 */
export class ScsiHost extends scsi.ScsiDevice {
  private readonly targets: Map<number, Map<number, LogicalUnit>> = new Map();
  private readonly tasks: Set<Task> = new Set();
  /** Events that no buffer was there for. */
  private eventsMissed = false;

  /** @throws RangeError where two units are in the same place, or one is where none can be */
  constructor(options: ScsiHostOptions = {}) {
    const { units = [], queues = 1, queueSize } = options;
    super({
      features: [...(options.ringFeatures ?? ringFeatures), scsi.F.HOTPLUG, scsi.F.CHANGE],
      config: {
        num_queues: queues,
        seg_max: 126,
        max_sectors: 0xffff,
        cmd_per_lun: 128,
        event_info_size: scsi.Event.byteLength ?? 0,
        sense_size: usualSense,
        cdb_size: usualCdb,
        max_channel: 0,
        max_target: 255,
        max_lun: 16_383,
      },
      ...(queueSize === undefined ? {} : { queueSize }),
    });
    for (const unit of units) this.place(unit);
  }

  /** A unit comes: the driver is told. @throws RangeError where one is there already, or none can be */
  plug(unit: PluggedUnit): void {
    this.place(unit);
    for (const [lun, other] of this.targets.get(unit.target) ?? []) if (lun !== unit.lun) other.unitsChanged();
    this.tell(EVENT.TRANSPORT_RESET, unit, EVT_RESET.RESCAN, scsi.F.HOTPLUG);
  }

  /** A unit goes: its commands end, and the driver is told. @returns the unit, undefined where there was none */
  unplug(address: LunAddress): LogicalUnit | undefined {
    const units = this.targets.get(address.target);
    const unit = units?.get(address.lun);
    if (units === undefined || unit === undefined) return undefined;
    units.delete(address.lun);
    if (units.size === 0) this.targets.delete(address.target);
    for (const task of this.tasksOf(address)) task.verdict ??= S.FAILURE;
    for (const other of units.values()) other.unitsChanged();
    this.tell(EVENT.TRANSPORT_RESET, address, EVT_RESET.REMOVED, scsi.F.HOTPLUG);
    return unit;
  }

  /** The store of a unit has become larger or smaller: the driver is told. */
  sizeChanged(address: LunAddress): void {
    this.unitAt(address)?.sizeChanged();
    const { code, qualifier } = capacityChanged;
    this.tell(EVENT.PARAM_CHANGE, address, code | (qualifier << 8), scsi.F.CHANGE);
  }

  override reqCmd(request: Incoming<scsi.ReqCmdSent>): Answer<scsi.ReqCmdAnswer> {
    const { value, input, output } = request;
    const room = this.config.sense_size;
    const lengths = input.length + output.length;
    const address = parseLun(value.lun);
    if (input.length > 0 && output.length > 0) return refused(S.FAILURE, lengths, room);
    const command = { cdb: value.cdb, dataOut: input, dataIn: output };
    if (address === wellKnown) return answerOf(executeOnWellKnown(command), lengths, room);
    const units = address === undefined ? undefined : this.targets.get(address.target);
    if (address === undefined || units === undefined) return refused(S.BAD_TARGET, lengths, room);
    const result = executeOn(units, address.lun, command);
    if (!(result instanceof Promise)) return answerOf(result, lengths, room);
    return this.later({ ...address, id: value.id, ended: result, verdict: undefined }, result, lengths, room);
  }

  override ctrlTmf({ value }: Incoming<scsi.CtrlReadable & { type: typeof scsi.T.TMF }>): Answer<scsi.S> {
    const address = parseLun(value.lun);
    if (address === undefined || address === wellKnown) return S.BAD_TARGET;
    const units = this.targets.get(address.target);
    if (units === undefined) return S.BAD_TARGET;
    if (value.subtype === T_TMF.I_T_NEXUS_RESET) {
      const tasks = [...this.tasks].filter((task) => task.target === address.target);
      return this.end(tasks, S.RESET, [...units.values()]);
    }
    const unit = units.get(address.lun);
    if (unit === undefined) return S.INCORRECT_LUN;
    const tasks = this.tasksOf(address);
    const meant = tasks.filter(({ id }) => id === value.id);
    switch (value.subtype) {
      case T_TMF.ABORT_TASK:
        return this.end(meant, S.ABORTED, []);
      case T_TMF.ABORT_TASK_SET:
      case T_TMF.CLEAR_TASK_SET:
        return this.end(tasks, S.ABORTED, []);
      case T_TMF.LOGICAL_UNIT_RESET:
        return this.end(tasks, S.RESET, [unit]);
      case T_TMF.QUERY_TASK:
        return meant.length > 0 ? S.FUNCTION_SUCCEEDED : S.FUNCTION_COMPLETE;
      case T_TMF.QUERY_TASK_SET:
        return tasks.length > 0 ? S.FUNCTION_SUCCEEDED : S.FUNCTION_COMPLETE;
      default:
        return S.FUNCTION_REJECTED;
    }
  }

  override ctrlAnQuery({
    value,
  }: Incoming<scsi.CtrlReadable & { type: typeof scsi.T.AN_QUERY }>): scsi.CtrlAnQueryAnswer {
    return this.asynchronousEvents(value.lun);
  }

  override ctrlAnSubscribe({
    value,
  }: Incoming<scsi.CtrlReadable & { type: typeof scsi.T.AN_SUBSCRIBE }>): scsi.CtrlAnQueryAnswer {
    return this.asynchronousEvents(value.lun);
  }

  protected override configWritten(names: readonly string[]): void {
    const { sense_size: sense, cdb_size: cdb } = this.config;
    if (names.includes("sense_size") && sense > longestSense) this.changeConfig({ sense_size: usualSense }, false);
    if (names.includes("cdb_size") && cdb > longestCdb) this.changeConfig({ cdb_size: usualCdb }, false);
  }

  protected override buffersAdded(): void {
    if (!this.eventsMissed) return;
    const event = (EVENT.NO_EVENT | EVENT.EVENTS_MISSED) >>> 0;
    if (this.event({ event, lun: new Uint8Array(8), reason: 0 })) this.eventsMissed = false;
  }

  protected override wasReset(queue?: QueuePlace): void {
    if (queue !== undefined) return;
    this.tasks.clear();
    this.eventsMissed = false;
  }

  /** None is supported: they are news of media changers and players. */
  private asynchronousEvents(lun: Uint8Array): scsi.CtrlAnQueryAnswer {
    const address = parseLun(lun);
    if (address === undefined || address === wellKnown || !this.targets.has(address.target)) {
      return { event_actual: 0, response: S.BAD_TARGET };
    }
    const known = this.unitAt(address) !== undefined;
    return { event_actual: 0, response: known ? S.OK : S.INCORRECT_LUN };
  }

  private place({ target, lun, unit }: PluggedUnit): void {
    if (!isWithin(target, 255) || !isWithin(lun, 16_383)) {
      throw new RangeError(`targets are 0 to 255 and units 0 to 16383, not ${target} and ${lun}`);
    }
    const units = this.targets.get(target) ?? new Map<number, LogicalUnit>();
    if (units.has(lun)) throw new RangeError(`target ${target} has a unit ${lun} already`);
    units.set(lun, unit);
    this.targets.set(target, units);
  }

  private unitAt({ target, lun }: LunAddress): LogicalUnit | undefined {
    return this.targets.get(target)?.get(lun);
  }

  private tasksOf({ target, lun }: LunAddress): Task[] {
    return [...this.tasks].filter((task) => task.target === target && task.lun === lun);
  }

  private later(task: Task, result: Promise<ScsiResult>, lengths: number, room: number): Promise<scsi.ReqCmdAnswer> {
    const answer = async (): Promise<scsi.ReqCmdAnswer> => {
      const done = await result;
      this.tasks.delete(task);
      return task.verdict === undefined ? answerOf(done, lengths, room) : refused(task.verdict, lengths, room);
    };
    this.tasks.add(task);
    const ended = answer();
    task.ended = ended;
    return ended;
  }

  /** Ends tasks, and resets units when that is over. */
  private end(tasks: readonly Task[], verdict: scsi.S, units: readonly LogicalUnit[]): Answer<scsi.S> {
    for (const task of tasks) task.verdict ??= verdict;
    const over = (): scsi.S => {
      for (const unit of units) unit.reset();
      return S.FUNCTION_COMPLETE;
    };
    return tasks.length === 0 ? over() : Promise.all(tasks.map(({ ended }) => ended)).then(over);
  }

  private tell(event: number, address: LunAddress, reason: number, feature: scsi.F): void {
    if (!this.running || !this.features.has(feature)) return;
    const missed = this.eventsMissed ? EVENT.EVENTS_MISSED : 0;
    this.eventsMissed = !this.event({ event: (event | missed) >>> 0, lun: lunBytes(address), reason });
  }
}

function answerOf(result: ScsiResult, lengths: number, room: number): scsi.ReqCmdAnswer {
  const residual = lengths - result.taken - result.filled;
  if (result.overrun === true) return { ...refused(S.OVERRUN, residual, room), status: result.status };
  const sense = new Uint8Array(room);
  const bytes = result.sense === undefined ? undefined : senseBytes(result.sense).subarray(0, room);
  if (bytes !== undefined) sense.set(bytes);
  return {
    sense_len: bytes?.length ?? 0,
    residual,
    status_qualifier: 0,
    status: result.status,
    response: S.OK,
    sense,
  };
}

/** The answer of the host itself, where no unit had a say. */
function refused(response: scsi.S, residual: number, room: number): scsi.ReqCmdAnswer {
  return { sense_len: 0, residual, status_qualifier: 0, status: 0, response, sense: new Uint8Array(room) };
}

function isWithin(value: number, largest: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= largest;
}

/** What a member of the configuration space is after a reset. */
function afterReset(name: string): number {
  return scsi.Config.byteLayout.find((row) => row.name === name)?.access?.reset ?? 0;
}
