import { attributeOutOfPlace } from './attribute-out-of-place.ts';
import { attributeTwice } from './attribute-twice.ts';
import { constantCycle } from './constant-cycle.ts';
import { duplicateModule } from './duplicate-module.ts';
import { duplicateName } from './duplicate-name.ts';
import { ifBeforeBlock } from './if-before-block.ts';
import { notANumber } from './not-a-number.ts';
import type { Rule } from './rule.ts';
import { structInItself } from './struct-in-itself.ts';
import { unknownName } from './unknown-name.ts';
import { unknownRevision } from './unknown-revision.ts';
import { unknownTag } from './unknown-tag.ts';
import { unknownType } from './unknown-type.ts';
import { unknownWord } from './unknown-word.ts';

/** Every rule, in the order of the codes. `virtgen explain` lists them; those with a `check` run over the finished IR. */
export const rules: readonly Rule[] = [
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
];
