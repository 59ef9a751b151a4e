/** A piece of a generated module: a template and what it prints. */
export interface Section {
  /** Name of the template. */
  readonly template: string;
  readonly view: object;
  /** Names that it gives to values. */
  readonly declares: readonly string[];
  /** Names of the same module whose values have to be there before it. */
  readonly uses: readonly string[];
  /** Constants: they stand before the first that needs them, while other sections wait for what they need. */
  readonly early?: true;
}

/** The sections in their order, but each behind all that it uses. */
export function inOrder(sections: readonly Section[]): readonly Section[] {
  const ordered: Section[] = [];
  const declared = new Set<string>();
  const owners = new Map(sections.flatMap((section) => section.declares.map((name) => [name, section] as const)));
  const missing = (section: Section): readonly Section[] =>
    [...new Set(section.uses.filter((name) => !declared.has(name)).flatMap((name) => owners.get(name) ?? []))].filter(
      (one) => one !== section,
    );
  const emit = (section: Section): void => {
    if (ordered.includes(section)) return;
    for (const other of missing(section)) if (other.early === true) emit(other);
    ordered.push(section);
    for (const name of section.declares) declared.add(name);
  };
  let waiting: Section[] = [];
  for (const section of sections) {
    waiting.push(section);
    for (
      let ready: Section | undefined;
      (ready = waiting.find((one) => missing(one).every((other) => other.early === true))) !== undefined;
    ) {
      const done = ready;
      emit(done);
      waiting = waiting.filter((one) => one !== done);
    }
  }
  if (waiting.length > 0)
    throw new Error(`these need each other: ${waiting.flatMap((section) => section.declares).join(", ")}`);
  return ordered;
}
