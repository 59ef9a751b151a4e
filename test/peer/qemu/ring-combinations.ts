import { F } from "../../../generated/typescript/config.ts";

/** What combinations depend on. */
export interface Interface {
  readonly bus: "mmio" | "pci";
  /** The interface from before the standard. */
  readonly legacy: boolean;
}

/** Which features of the rings are negotiated, and no others. */
export interface Ring {
  readonly name: string;
  readonly bits: readonly F[];
}

/** What a table's column is called. */
export function transportOf({ bus, legacy }: Interface): string {
  return `${bus}${legacy ? ", legacy" : ""}`;
}

const options: readonly (readonly [name: string, bit: F])[] = [
  ["event index", F.EVENT_IDX],
  ["indirect", F.INDIRECT_DESC],
  ["in order", F.IN_ORDER],
];

/** Every combination of the features of rings that exists there, whether QEMU offers them or not. */
export function ringCombinations({ legacy }: Interface): Ring[] {
  const some = legacy ? options.slice(0, 2) : options;
  const layouts: readonly Ring[] = [
    { name: "split", bits: [] },
    ...(legacy ? [] : [{ name: "packed", bits: [F.RING_PACKED] }]),
  ];
  return layouts.flatMap(({ name, bits }) =>
    Array.from({ length: 2 ** some.length }, (_, set) => some.filter((_one, index) => (set >> index) & 1)).map(
      (chosen): Ring => ({
        name: [name, ...chosen.map(([one]) => one)].join(", "),
        bits: [...bits, ...chosen.map(([, bit]) => bit)],
      }),
    ),
  );
}
