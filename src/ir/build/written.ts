import type * as Ast from "../../../grammar/ast.ts";
import type { Place } from "../../diagnostic/diagnostic.ts";

/**
 * The attributes of each element as they were written. The IR keeps what they mean; a finding about one of them wants
 * to point at it. An element is known by its own `Place` object, which the IR takes over.
 */
export class Written {
  private readonly attributes = new Map<Place, readonly Ast.Attribute[]>();

  /** Of several records for one place the fullest counts: a struct defined where it is used has two elements there. */
  record(at: Place, attributes: readonly Ast.Attribute[]): void {
    if (attributes.length > (this.attributes.get(at)?.length ?? 0)) this.attributes.set(at, attributes);
  }

  /** Where the attribute stands that an element has; of several, the one of this index. */
  placeOf(at: Place, kind: string, index = 0): Place | undefined {
    return this.attributes.get(at)?.filter((attribute) => attribute.kind === kind)[index]?.at;
  }
}
