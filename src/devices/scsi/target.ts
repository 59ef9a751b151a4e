import type { Answer } from "virtgen/runtime";
import { BigEndianFields, OPCODE, type ScsiCommand, type ScsiResult } from "./command.ts";
import { noUnit, standardInquiry } from "./inquiry.ts";
import { answer, failed, good, type LogicalUnit } from "./logical-unit.ts";
import { CheckCondition, invalidFieldInCdb, invalidOpcode, noSense, noSuchUnit, senseBytes } from "./sense.ts";

/** Logical units by their numbers, 0 to 16383, behind one target. */
export type TargetUnits = ReadonlyMap<number, LogicalUnit>;

const stranger = { vendor: "virtgen", product: "none", revision: "1", serial: "0", removable: false };

/** Serves a command for a unit of a target: also REPORT LUNS, and what has to be said of a unit that is not there. */
export function executeOn(units: TargetUnits, lun: number, command: ScsiCommand): Answer<ScsiResult> {
  const fields = new BigEndianFields(command.cdb);
  const code = fields.u8(0);
  try {
    if (code === OPCODE.REPORT_LUNS) return good(answer(command, reportLuns(units, fields), fields.u32(6)));
    const unit = units.get(lun);
    if (unit !== undefined) return unit.execute(command);
    if (code === OPCODE.INQUIRY) {
      if ((fields.u8(1) & 1) !== 0) throw new CheckCondition(invalidFieldInCdb);
      return good(answer(command, standardInquiry(noUnit, stranger), fields.u16(3)));
    }
    if (code === OPCODE.REQUEST_SENSE) return good(answer(command, senseBytes(noSuchUnit), fields.u8(4)));
    throw new CheckCondition(noSuchUnit);
  } catch (error) {
    return failed(error, false);
  }
}

/** Serves a command for the well-known unit REPORT LUNS, which lists nothing: every unit lies behind a target. */
export function executeOnWellKnown(command: ScsiCommand): ScsiResult {
  const fields = new BigEndianFields(command.cdb);
  try {
    switch (fields.u8(0)) {
      case OPCODE.REPORT_LUNS:
        return good(answer(command, reportLuns(new Map(), fields), fields.u32(6)));
      case OPCODE.INQUIRY:
        if ((fields.u8(1) & 1) !== 0) throw new CheckCondition(invalidFieldInCdb);
        return good(answer(command, standardInquiry(wellKnownUnit, stranger), fields.u16(3)));
      case OPCODE.REQUEST_SENSE:
        return good(answer(command, senseBytes(noSense), fields.u8(4)));
      case OPCODE.TEST_UNIT_READY:
        return good({ taken: 0, filled: 0 });
      default:
        throw new CheckCondition(invalidOpcode);
    }
  } catch (error) {
    return failed(error, false);
  }
}

const wellKnownUnit = 0x1e;

/** Only numbers below 256 have a short form; the others are written as flat space addresses. */
function reportLuns(units: TargetUnits, fields: BigEndianFields): Uint8Array {
  const selected = fields.u8(2);
  // 0 and 2: with units behind the target; 1: well-known units only.
  if (selected > 2 || fields.u32(6) < 16) throw new CheckCondition(invalidFieldInCdb);
  const numbers = selected === 1 ? [] : [...units.keys()].toSorted((a, b) => a - b);
  const bytes = new Uint8Array(8 + numbers.length * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, numbers.length * 8);
  for (const [index, number] of numbers.entries()) {
    view.setUint16(8 + index * 8, number < 256 ? number : 0x4000 | number);
  }
  return bytes;
}
