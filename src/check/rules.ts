import { attributeOutOfPlace } from './attribute-out-of-place.ts';
import { attributeTwice } from './attribute-twice.ts';
import { constantCycle } from './constant-cycle.ts';
import { duplicateModule } from './duplicate-module.ts';
import { duplicateName } from './duplicate-name.ts';
import { ifBeforeBlock } from './if-before-block.ts';
import { notANumber } from './not-a-number.ts';
import { foreignCharacter } from './foreign-character.ts';
import { incompleteErratum } from './incomplete-erratum.ts';
import { nestedTooDeep } from './nested-too-deep.ts';
import { neverExists } from './never-exists.ts';
import { numberTooLarge } from './number-too-large.ts';
import { olderNameUnused } from './older-name-unused.ts';
import { revisionWithoutEffect } from './revision-without-effect.ts';
import type { Rule } from './rule.ts';
import { unclosedComment } from './unclosed-comment.ts';
import { unclosedText } from './unclosed-text.ts';
import { unexpectedEnd } from './unexpected-end.ts';
import { unexpectedWord } from './unexpected-word.ts';
import { structInItself } from './struct-in-itself.ts';
import { unknownName } from './unknown-name.ts';
import { unknownRevision } from './unknown-revision.ts';
import { unknownTag } from './unknown-tag.ts';
import { unknownType } from './unknown-type.ts';
import { unknownWord } from './unknown-word.ts';

/** Every rule, in the order of the codes. `virtgen explain` lists them; those with a `check` run over the finished IR. */
export const rules: readonly Rule[] = [
  // Text
  foreignCharacter,
  unclosedText,
  unclosedComment,
  unexpectedWord,
  unexpectedEnd,
  nestedTooDeep,
  numberTooLarge,
  // Names
  unknownName,
  unknownType,
  duplicateName,
  attributeOutOfPlace,
  attributeTwice,
  unknownRevision,
  notANumber,
  constantCycle,
  unknownTag,
  duplicateModule,
  unknownWord,
  // Members
  structInItself,
  ifBeforeBlock,
  // Revisions
  neverExists,
  revisionWithoutEffect,
  olderNameUnused,
  // Houses and requirements
  incompleteErratum,
];
