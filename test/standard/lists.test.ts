import { beforeAll, describe, expect, it } from "vitest";
import { cut } from "../../src/ir/cut.ts";
import type { Ir } from "../../src/ir/model.ts";
import { standard } from "../target/c/descriptions.ts";
import { listDifferences, mmioRegisters, moduleOf, numbersIn } from "./list-differences.ts";
import { textRevisions, type TextRevision } from "./reader/document.ts";
import { inRevision } from "./reader/record.ts";
import { knownAt, records } from "./records.ts";

let ir: Ir;
beforeAll(() => {
  ir = standard();
});

function idsOf(module: string, revision: TextRevision): readonly number[] {
  return [...inRevision(records.get(module)?.ids, revision).keys()].map(Number).toSorted((a, b) => a - b);
}

describe.each(textRevisions)("the lists and tables of revision %s", (revision) => {
  let now: Ir;
  beforeAll(() => {
    now = cut(ir, revision);
  });

  it("are those of the descriptions: features, status bits, queues", () => {
    expect(listDifferences(now, ir, revision).toSorted()).toEqual(knownAt("lists", revision));
  });

  it("are those of the descriptions: device ids", () => {
    expect(numbersIn(moduleOf(now, "ids"), "ID")).toEqual(idsOf("ids", revision));
    expect(numbersIn(moduleOf(now, "ids"), "TRANS_ID")).toEqual(idsOf("pci", revision));
    const devices = now.modules.filter(({ kind, file }) => kind === "device" && !file.includes("example"));
    expect(devices.filter(({ id }) => id === undefined || !idsOf("ids", revision).includes(id))).toEqual([]);
  });

  it("are those of the descriptions: registers", () => {
    const { registers, legacyRegisters } = records.get("mmio") ?? {};
    expect(mmioRegisters(now, false)).toEqual(Object.fromEntries(inRevision(registers, revision)));
    // A register that has been renamed later has its newer name in the newer texts' legacy table.
    const theirs = Object.entries(Object.fromEntries(inRevision(legacyRegisters, revision)));
    const newName = new Map([
      ["QueueSize", "QueueNum"],
      ["QueueSizeMax", "QueueNumMax"],
    ]);
    expect(mmioRegisters(cut(ir, "0.9.5"), true)).toEqual(
      Object.fromEntries(theirs.map(([name, text]) => [newName.get(name) ?? name, text])),
    );
  });
});
