/** The type of an object of which only some members matter: those that a formula names. */
export class Shape {
  private readonly members = new Map<string, Shape>();
  private indexed = false;
  private leaf: string | undefined = undefined;

  /** Adds a path; `type` is that of its last member, and a step with an index is a list. */
  add(path: readonly { readonly name: string; readonly indexed: boolean }[], type: string): void {
    const [first, ...rest] = path;
    if (first === undefined) {
      this.leaf = type;
      return;
    }
    const member = this.members.get(first.name) ?? new Shape();
    this.members.set(first.name, member);
    if (first.indexed) member.indexed = true;
    member.add(rest, type);
  }

  /** Takes over all paths of another shape. */
  merge(other: Shape): void {
    this.indexed ||= other.indexed;
    this.leaf ??= other.leaf;
    for (const [name, member] of other.members) {
      const own = this.members.get(name) ?? new Shape();
      this.members.set(name, own);
      own.merge(member);
    }
  }

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  /** The names of its own members. */
  get names(): readonly string[] {
    return [...this.members.keys()];
  }

  /** As TypeScript: `{ selectors: { length: number }[] }`. */
  get text(): string {
    const own =
      this.members.size === 0
        ? (this.leaf ?? "unknown")
        : `{ ${[...this.members].map(([name, member]) => `${/^\w+$/.test(name) ? name : `'${name}'`}: ${member.text}`).join("; ")} }`;
    return this.indexed ? `${own}[]` : own;
  }
}
