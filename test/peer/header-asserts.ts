import type { CFieldType, CHeader, CStruct } from "../../src/c-header/header-model.ts";

/** What the reader says of a header, as C that a compiler takes only where it is so. */
export function assertsOf(header: CHeader): readonly string[] {
  const isOwn = (one: { readonly file: string }): boolean => one.file === header.file;
  const values = [...header.constants.values()]
    .filter((one) => isOwn(one))
    .map(({ name, value }) => assertOf(`(unsigned long long)(${name}) == ${value}ULL`, name));
  const structs = [...header.structs]
    .filter(([, struct]) => isOwn(struct))
    .flatMap(([tag, struct]) => {
      // A typedef of a struct without a tag is known by the typedef's name.
      const name = header.typedefs.has(tag) ? tag : `${struct.keyword} ${tag}`;
      return [
        assertOf(`sizeof(${name}) == ${struct.size}`, `${name} size`),
        assertOf(`_Alignof(${name}) == ${struct.align}`, `${name} alignment`),
        ...fieldAsserts(name, struct, "", 0),
      ];
    });
  const typedefs = [...header.typedefs]
    .filter(([, typedef]) => isOwn(typedef))
    .flatMap(([name, { size, align }]) => [
      assertOf(`sizeof(${name}) == ${size}`, `${name} size`),
      assertOf(`_Alignof(${name}) == ${align}`, `${name} alignment`),
    ]);
  return [...values, ...structs, ...typedefs];
}

function fieldAsserts(type: string, struct: CStruct, path: string, base: number): readonly string[] {
  return struct.fields.flatMap((field) => {
    if (field.bits !== undefined) return [];
    const name = `${path}${field.name}`;
    const member = `((${type} *)0)->${name}`;
    const open = field.dimensions.includes(null);
    const inner =
      field.type.kind === "struct" && field.type.struct.tag === undefined
        ? fieldAsserts(type, field.type.struct, `${name}${"[0]".repeat(field.dimensions.length)}.`, base + field.offset)
        : [];
    return [
      assertOf(`__builtin_offsetof(${type}, ${name}) == ${base + field.offset}`, `${type}.${name} offset`),
      ...(open ? [] : [assertOf(`sizeof(${member}) == ${field.size}`, `${type}.${name} size`)]),
      ...typeAsserts(`${type}.${name}`, `${member}${"[0]".repeat(field.dimensions.length)}`, field.type),
      ...(field.type.kind === "integer" && field.dimensions.length === 0 && !isStruct(field.type.text)
        ? [assertOf(`((__typeof__(${member}))-1 < 1) == ${field.type.signed ? 1 : 0}`, `${type}.${name} sign`)]
        : []),
      ...inner,
    ];
  });
}

/** The profile `spec` has structs of bytes for integers; C knows no sign of them. */
function isStruct(type: string): boolean {
  return /^virtio_(?:le|be|native)\d+$/.test(type);
}

/** Where types are told apart, the order of bytes is a matter of the type. */
function typeAsserts(name: string, member: string, type: CFieldType): readonly string[] {
  if (type.kind !== "integer" || !/^__(?:u|s|le|be|virtio)\d+$/.test(type.text)) return [];
  return [assertOf(`__builtin_types_compatible_p(__typeof__(${member}), ${type.text})`, `${name} type`)];
}

function assertOf(condition: string, what: string): string {
  return `_Static_assert(${condition}, "${what}");`;
}
