import type { Element } from "../../ir/model.ts";

/**
 * What a C++ compiler does not take as a member's name. C's own keywords are among them but for those that C++ lacks;
 * a name that begins with an underscore cannot occur.
 */
const cxxKeywords: ReadonlySet<string> = new Set(
  (
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl " +
    "concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default delete " +
    "do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable " +
    "namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast " +
    "requires return short signed sizeof static static_assert static_cast struct switch template this thread_local " +
    "throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq"
  ).split(" "),
);

/** Those of them that are keywords of C as well, and what is a macro in a header of the C library. */
const cKeywords: ReadonlySet<string> = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register " +
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while errno"
  ).split(" "),
);

/** A member's name in C and, where C++ cannot have it, the other one there. */
export interface MemberName {
  readonly c: string;
  readonly cxx: string;
}

/** The name of a member in a house, or, with an empty house, in the standard. */
export function memberName(member: Element, house: string): MemberName {
  return spelt(publishedName(member, house));
}

/** @param name as the standard or the house has it; `command-specific-data` and keywords are spelt so that they can be a name */
export function spelt(name: string): MemberName {
  const identifier = name.replaceAll(/[^A-Za-z0-9_]/g, "_");
  const c = cKeywords.has(identifier) ? `${identifier}_` : identifier;
  return { c, cxx: cxxKeywords.has(identifier) ? `${identifier}_` : c };
}

/** The C identifier of an element in a house: its alias there, else its own. */
export function publishedName(element: Element, house: string): string {
  return element.aliases?.find((alias) => alias.house === house && alias.also === undefined)?.name ?? element.cName;
}

/** The names that a house has beside {@link publishedName}. */
export function furtherNames(element: Element, house: string): readonly string[] {
  return (element.aliases ?? [])
    .filter((alias) => alias.house === house && alias.also === true)
    .map((alias) => alias.name);
}
