import type { Constants } from "./constants.ts";

/** What one register of a transport is. */
export interface RegisterInfo<Name extends string = string> {
  readonly access: "read" | "write" | "rw";
  /** Width in bytes. */
  readonly size: 1 | 2 | 4 | 8;
  /** What its values are called. */
  readonly constants?: Constants;
  /** It always reads as this. */
  readonly value?: number;
  /** The register that selects which instance of this one is accessed. */
  readonly bank?: Name;
  /** The feature bits of which one has to be negotiated for it to exist, or, with `not`, has not to be. */
  readonly features?: readonly number[];
  /** What has to be other than 0, or with `not` 0, for it to exist: `msix_enabled`. */
  readonly parameter?: { readonly name: string; readonly not?: true };
  /** Only on the legacy interface. */
  readonly legacy?: true;
}

/** The registers of a transport by name; their offsets are constants beside the table. */
export type RegisterTable<Name extends string> = Readonly<Record<Name, RegisterInfo<Name>>>;
