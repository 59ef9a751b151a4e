import { accessOutsideConfig } from "./access-outside-config.ts";
import { attributeOutOfPlace } from "./attribute-out-of-place.ts";
import { attributeTwice } from "./attribute-twice.ts";
import { bitGroupsMisfit } from "./bit-groups-misfit.ts";
import { byteOrdersMixed } from "./byte-orders-mixed.ts";
import { conditionInRange } from "./condition-in-range.ts";
import { constantCycle } from "./constant-cycle.ts";
import { constantTooWide } from "./constant-too-wide.ts";
import { deviceId } from "./device-id.ts";
import { directionAgainstKind } from "./direction-against-kind.ts";
import { duplicateCName } from "./duplicate-c-name.ts";
import { duplicateModule } from "./duplicate-module.ts";
import { duplicateName } from "./duplicate-name.ts";
import { duplicateValue } from "./duplicate-value.ts";
import { emptyLabel } from "./empty-label.ts";
import { emptyRange } from "./empty-range.ts";
import { featureBitOutOfRange } from "./feature-bit-out-of-range.ts";
import { featureBitTwice } from "./feature-bit-twice.ts";
import { featureCycle } from "./feature-cycle.ts";
import { featureNeverNegotiable } from "./feature-never-negotiable.ts";
import { flexibleArrayOutOfPlace } from "./flexible-array-out-of-place.ts";
import { foreignCharacter } from "./foreign-character.ts";
import { houseNameTwice } from "./house-name-twice.ts";
import { ifBeforeBlock } from "./if-before-block.ts";
import { incompleteErratum } from "./incomplete-erratum.ts";
import { labelOfLegacy } from "./label-of-legacy.ts";
import { legacyUsedByModern } from "./legacy-used-by-modern.ts";
import { lengthBehindArray } from "./length-behind-array.ts";
import { limitOutsideCapability } from "./limit-outside-capability.ts";
import { masksAsBits } from "./masks-as-bits.ts";
import { memberMoves } from "./member-moves.ts";
import { memberWithoutName } from "./member-without-name.ts";
import { nestedTooDeep } from "./nested-too-deep.ts";
import { neverExists } from "./never-exists.ts";
import { neverPresent } from "./never-present.ts";
import { notANumber } from "./not-a-number.ts";
import { notInThisRevision } from "./not-in-this-revision.ts";
import { notValidHere } from "./not-valid-here.ts";
import { nothingInside } from "./nothing-inside.ts";
import { numberTooLarge } from "./number-too-large.ts";
import { numberTwice } from "./number-twice.ts";
import { olderNameUnused } from "./older-name-unused.ts";
import { overlappingMasks } from "./overlapping-masks.ts";
import { queueNumberImpossible } from "./queue-number-impossible.ts";
import { queueNumberMissing } from "./queue-number-missing.ts";
import { queueNumberTwice } from "./queue-number-twice.ts";
import { readableAfterWritable } from "./readable-after-writable.ts";
import { refusalWithoutPlace } from "./refusal-without-place.ts";
import { registerBank } from "./register-bank.ts";
import { registerMisaligned } from "./register-misaligned.ts";
import { registersOverlap } from "./registers-overlap.ts";
import { requirementOutOfType } from "./requirement-out-of-type.ts";
import { revisionWithoutEffect } from "./revision-without-effect.ts";
import type { Rule } from "./rule.ts";
import { sentenceNotHeld } from "./sentence-not-held.ts";
import { sizeShrinks } from "./size-shrinks.ts";
import { structInItself } from "./struct-in-itself.ts";
import { tagMissing } from "./tag-missing.ts";
import { tagTwice } from "./tag-twice.ts";
import { unclosedComment } from "./unclosed-comment.ts";
import { unclosedText } from "./unclosed-text.ts";
import { unexpectedEnd } from "./unexpected-end.ts";
import { unexpectedWord } from "./unexpected-word.ts";
import { unknownName } from "./unknown-name.ts";
import { unknownRevision } from "./unknown-revision.ts";
import { unknownTag } from "./unknown-tag.ts";
import { unknownType } from "./unknown-type.ts";
import { unknownWord } from "./unknown-word.ts";
import { valueOutOfType } from "./value-out-of-type.ts";
import { viewDiffers } from "./view-differs.ts";
import { windowNotWritable } from "./window-not-writable.ts";
import { writableTooWide } from "./writable-too-wide.ts";

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
  // Names and constants
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
  duplicateCName,
  deviceId,
  duplicateValue,
  overlappingMasks,
  constantTooWide,
  masksAsBits,
  // Members
  structInItself,
  bitGroupsMisfit,
  valueOutOfType,
  ifBeforeBlock,
  flexibleArrayOutOfPlace,
  accessOutsideConfig,
  writableTooWide,
  nothingInside,
  tagTwice,
  tagMissing,
  neverPresent,
  windowNotWritable,
  limitOutsideCapability,
  emptyRange,
  memberWithoutName,
  lengthBehindArray,
  byteOrdersMixed,
  notValidHere,
  conditionInRange,
  // Features, queues, requests, registers and commands
  featureBitTwice,
  featureBitOutOfRange,
  featureCycle,
  featureNeverNegotiable,
  legacyUsedByModern,
  queueNumberTwice,
  queueNumberImpossible,
  readableAfterWritable,
  numberTwice,
  registersOverlap,
  registerMisaligned,
  registerBank,
  queueNumberMissing,
  directionAgainstKind,
  refusalWithoutPlace,
  // Revisions
  notInThisRevision,
  neverExists,
  revisionWithoutEffect,
  olderNameUnused,
  memberMoves,
  sizeShrinks,
  // Houses and requirements
  viewDiffers,
  houseNameTwice,
  emptyLabel,
  incompleteErratum,
  requirementOutOfType,
  labelOfLegacy,
  sentenceNotHeld,
];
