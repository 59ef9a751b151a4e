/**
 * Stands for all that a syntax tree depends on but for the text: the grammar, the visitor, the form of a record.
 * virtgen's build puts a hash of that code here. Without it no tree is remembered.
 */
export const grammarIdentity: string | undefined = undefined;
