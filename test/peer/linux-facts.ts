import type {
  Constant,
  ConstantGroup,
  ConstantKind,
  Element,
  House,
  Ir,
  Layout,
  Member,
  Module,
  Position,
} from "../../src/ir/model.ts";

/** One thing that the IR says of a header of Linux, as an expression that a C compiler can decide. */
export interface Fact {
  readonly header: string;
  /** The name that it is about, as {@link publishedNames} spells it. */
  readonly name: string;
  readonly what: string;
  readonly expression: string;
}

/** Everything that the IR says of Linux' headers: values, sizes, alignments, offsets, types. */
export function linuxFacts(ir: Ir): readonly Fact[] {
  return ir.modules.flatMap((module) => {
    const house = module.items.find((item): item is House => item.kind === "house" && item.name === "linux");
    if (house?.header === undefined) return [];
    const { header } = house;
    return [...valuesOf(module, house), ...structsOf(module, house), ...typedefsOf(house)].map((fact) => ({
      header,
      ...fact,
    }));
  });
}

type OwnFact = Omit<Fact, "header">;

/** The name in Linux, and further ones. */
function namesOf(element: Element): readonly string[] {
  const aliases = (element.aliases ?? []).filter((alias) => alias.house === "linux");
  const own = aliases.find((alias) => alias.also === undefined)?.name ?? element.cName;
  return [own, ...aliases.filter((alias) => alias.also === true).map((alias) => alias.name)];
}

function valuesOf(module: Module, house: House): readonly OwnFact[] {
  const omitted = new Set(house.omitted);
  const constants = (group: Constant | ConstantGroup): readonly OwnFact[] =>
    group.kind === "constant"
      ? constantFacts(group)
      : group.constants
          .filter((one) => !omitted.has(one.name) && !omitted.has(`${group.name}.${one.name}`))
          .flatMap((one) => constantFacts(one));
  const found = module.items
    .filter((item) => !omitted.has(item.name))
    .flatMap((item): readonly OwnFact[] => {
      switch (item.kind) {
        case "features":
          return item.features
            .filter((feature) => !omitted.has(feature.name) && !omitted.has(`features.${feature.name}`))
            .flatMap((feature) => value(feature, BigInt(feature.bit)));
        case "enum":
        case "flags":
        case "bits":
        case "shared_memory":
        case "constant":
          return constants(item);
        case "registers":
          return item.registers.flatMap((register) => value(register, BigInt(register.offset)));
        default:
          return "number" in item && typeof item.number === "number" ? value(item, BigInt(item.number)) : [];
      }
    });
  return [...found, ...house.constants.flatMap((group) => constants(group))];
}

function constantFacts(one: Constant): readonly OwnFact[] {
  const kinds = new Map(
    (one.aliases ?? []).filter((alias) => alias.house === "linux").map((alias) => [alias.name, alias.as]),
  );
  return namesOf(one).flatMap((name) =>
    value({ ...one, cName: name, aliases: [] }, converted(BigInt(one.value), one.type, kinds.get(name) ?? one.type)),
  );
}

function value(element: Element, number: bigint): readonly OwnFact[] {
  return namesOf(element).map((name) => ({
    name,
    what: "value",
    expression: `(unsigned long long)(${name}) == ${number}ULL`,
  }));
}

function converted(value: bigint, from: ConstantKind, to: ConstantKind): bigint {
  if (from === "bit" && to === "mask") return 1n << value;
  return from === "mask" && to === "bit" ? BigInt(value.toString(2).length - 1) : value;
}

function typedefsOf(house: House): readonly OwnFact[] {
  return house.typedefs.flatMap(({ name, type, align }): readonly OwnFact[] => {
    const facts = type.kind === "scalar" ? [{ what: "size", expression: `sizeof(${name}) == ${type.size}` }] : [];
    const aligned = align === undefined ? [] : [{ what: "alignment", expression: `_Alignof(${name}) == ${align}` }];
    return [...facts, ...aligned].map((fact) => ({ name: `typedef ${name}`, ...fact }));
  });
}

/** A struct as Linux has it. */
interface Shape {
  readonly tag: string;
  readonly keyword: "struct" | "union";
  readonly members: readonly Member[];
  readonly layout: Layout | undefined;
  readonly packed: boolean;
  /** Whether its little-endian members are in the guest's order on the legacy interface. */
  readonly guest: boolean;
  /** The element that the members stand in, where they do not stand in the struct itself. */
  readonly element?: string;
}

function structsOf(module: Module, house: House): readonly OwnFact[] {
  const views = new Set(house.views.map((view) => view.cName));
  const items = module.items.flatMap((item) => (item.kind === "struct" || item.kind === "config" ? [item] : []));
  const own = items.filter(
    (item) => !house.omitted.includes(item.name) && !namesOf(item).some((name) => views.has(name)),
  );
  return [...own, ...house.views].flatMap((item) => {
    const order = item.orders?.find((one) => one.house === "linux")?.order;
    const guest = order === undefined ? item.legacyNative === true : order === "guest";
    return namesOf(item).flatMap((tag) =>
      shapeFacts({
        tag,
        keyword: "union" in item && item.union ? "union" : "struct",
        members: item.members,
        layout: item.layout,
        packed: item.packed?.includes("linux") === true,
        guest,
      }),
    );
  });
}

function shapeFacts(shape: Shape): readonly OwnFact[] {
  const { tag, keyword, layout, packed } = shape;
  const name = `struct ${tag}`;
  const type = `${keyword} ${tag}`;
  if (layout === undefined) return [];
  const size = packed ? layout.fixedSize : layout.natural.size;
  const align = packed ? 1 : layout.natural.align;
  // On i386 what has 8 bytes is aligned to 4 of them in a struct.
  const alignment = align === 8 ? "_Alignof(struct { __u64 integer; })" : align;
  const whole: readonly OwnFact[] = [
    { name, what: "size", expression: `sizeof(${type}) == ${size}` },
    { name, what: "alignment", expression: `_Alignof(${type}) == ${alignment}` },
  ];
  return [
    ...(isWhole(shape.members) ? whole : []),
    ...shape.members.flatMap((member) => memberFacts(member, shape, [])),
  ];
}

/** C can declare all of it: only the last member varies, and that is an array, or a union whose alternatives end so. */
function isWhole(members: readonly Member[]): boolean {
  return members.every(
    (member, index) =>
      member.position?.size !== null ||
      (index === members.length - 1 &&
        (member.kind === "union"
          ? member.arms.every((arm) => isWhole(arm.members))
          : "dimensions" in member &&
            (member.dimensions.length > 0 || (member.kind === "group" && isWhole(member.members))))),
  );
}

function memberFacts(member: Member, shape: Shape, path: readonly string[]): readonly OwnFact[] {
  const names = member.name === "" ? [] : namesOf(member);
  if (member.kind === "field" || member.kind === "bits")
    return names.flatMap((name) => fieldFacts(member, shape, [...path, name]));
  const inner =
    member.kind === "group" || member.kind === "present" ? member.members : member.arms.flatMap((arm) => arm.members);
  const named = names.flatMap((name) => placeFacts(member.position, shape, [...path, name]));
  if (member.kind === "group" && member.dimensions.length > 0) {
    // Places in the first element of an array of structs are counted from where it begins.
    const element = [...path, `${names[0] ?? ""}${"[0]".repeat(member.dimensions.length)}`];
    return [...named, ...inner.flatMap((one) => memberFacts(one, { ...shape, element: element.join(".") }, element))];
  }
  return [
    ...named,
    ...inner.flatMap((one) => memberFacts(one, shape, names.length === 0 ? path : [...path, names[0] ?? ""])),
  ];
}

function placeFacts(
  position: Position | undefined,
  { tag, keyword, packed, element }: Shape,
  path: readonly string[],
): readonly OwnFact[] {
  const offset = packed ? position?.offset : position?.natural.offset;
  if (offset === undefined || offset === null) return [];
  const of = (designator: string): string => `__builtin_offsetof(${keyword} ${tag}, ${designator})`;
  const place = `${of(path.join("."))}${element === undefined ? "" : ` - ${of(element)}`}`;
  return [{ name: nameOf(tag, path), what: "offset", expression: `${place} == ${offset}` }];
}

function nameOf(tag: string, path: readonly string[]): string {
  return `struct ${tag}.${path.join(".").replaceAll("[0]", "")}`;
}

function fieldFacts(
  field: Extract<Member, { kind: "field" | "bits" }>,
  shape: Shape,
  path: readonly string[],
): readonly OwnFact[] {
  const name = nameOf(shape.tag, path);
  const element = `((${shape.keyword} ${shape.tag} *)0)->${path.join(".")}${"[0]".repeat(field.dimensions.length)}`;
  const facts = [...placeFacts(field.position, shape, path)];
  if (field.type.kind === "scalar") {
    const own = field.orders?.find((one) => one.house === "linux")?.order;
    const guest = own === undefined ? shape.guest : own === "guest";
    const bits = field.type.size * 8;
    const type =
      { none: "__u", native: "__u", big: "__be", little: guest ? "__virtio" : "__le" }[field.type.order] + bits;
    const is = (one: string): string => `__builtin_types_compatible_p(__typeof__(${element}), ${one})`;
    // Bytes of text are char in some headers of Linux.
    facts.push({ name, what: `type ${type}`, expression: bits === 8 ? `${is(type)} || ${is("char")}` : is(type) });
  }
  for (const [depth, dimension] of field.dimensions.entries()) {
    if (dimension.kind !== "fixed") continue;
    const row = `((${shape.keyword} ${shape.tag} *)0)->${path.join(".")}${"[0]".repeat(depth)}`;
    facts.push({
      name,
      what: `length ${dimension.length}`,
      expression: `sizeof(${row}) / sizeof((${row})[0]) == ${dimension.length}`,
    });
  }
  return facts;
}
