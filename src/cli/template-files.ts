import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { CallError, reasonOf } from './call-error.ts';

const ending = '.hbs';

/** Reads a folder of templates; the keys are paths without `.hbs`. @throws CallError where there are none. */
export function readTemplates(folder: string): ReadonlyMap<string, string> {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending)).toSorted();
  } catch (error) {
    throw new CallError('V9002', `cannot read the templates in '${folder}': ${reasonOf(error)}`);
  }
  if (names.length === 0) throw new CallError('V9003', `'${folder}' holds no template`, `templates are handlebars files whose names end in ${ending}`);
  return new Map(
    names.map((name) => {
      const path = join(folder, name);
      return [relative(folder, path).split(sep).join('/').slice(0, -ending.length), readFileSync(path, 'utf8')];
    }),
  );
}
