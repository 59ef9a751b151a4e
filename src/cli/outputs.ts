import { join, resolve } from 'node:path';
import { generate } from '../generate.ts';
import type { Ir, Revision } from '../ir/model.ts';
import { customTarget } from '../target/custom/custom-target.ts';
import type { GeneratedFile, Target } from '../target/target.ts';
import { targets } from '../target/targets.ts';
import { Templates } from '../target/templates.ts';
import { CallError } from './call-error.ts';
import { packageFolder } from './package-folder.ts';
import { readTemplates } from './template-files.ts';

/** One folder that a call fills. */
export interface Output {
  /** For people: `c (linux)`. */
  readonly label: string;
  /** Distinguishes it from every other in hashes. */
  readonly key: string;
  readonly folder: string;
  readonly templates: ReadonlyMap<string, string>;
  readonly prettier: Target['prettier'];
  generate(ir: Ir, asked: ReadonlySet<string>, revision: Revision): readonly GeneratedFile[];
}

interface Asked {
  readonly target?: string;
  readonly profile?: string;
  readonly revision: string;
  readonly out?: string;
  readonly templates?: string;
}

/** Where everything goes unless `--out` says otherwise. */
const defaultFolder = 'generated';

/**
 * What a call writes where. One target with one profile fills the output folder itself; several get a folder each in
 * it, `TARGET/PROFILE`.
 * @throws CallError for a target or profile that does not exist.
 */
export function planOutputs(options: Asked): readonly Output[] {
  const out = options.out ?? defaultFolder;
  if (options.templates !== undefined) {
    const sources = readTemplates(options.templates);
    if (options.target !== undefined) throw new CallError('V9008', '--templates is a target of its own; it goes without --target', 'leave one of them out');
    return [output(customTarget, '', out, sources, `virtgen build --templates ${options.templates} --revision ${options.revision}`)];
  }
  const chosen = options.target === undefined ? targets : [targetNamed(options.target)];
  const pairs = chosen.flatMap((target) => profilesOf(target, options.profile).map((profile) => ({ target, profile })));
  if (pairs.length === 0) throw new CallError('V9006', `no target has a profile '${options.profile ?? ''}'`, `there are ${targets.flatMap((target) => target.profiles).join(', ')}`);
  return pairs.map(({ target, profile }) => {
    const inOwnFolder = options.target !== undefined && (pairs.length === 1 || profile === '');
    const folder = inOwnFolder ? out : join(out, options.target === undefined ? target.name : '', profile);
    const command = `virtgen build --target ${target.name}${profile === '' ? '' : ` --profile ${profile}`} --revision ${options.revision}`;
    return output(target, profile, folder, readTemplates(join(packageFolder(), 'templates', target.name)), command);
  });
}

function output(target: Target, profile: string, folder: string, sources: ReadonlyMap<string, string>, command: string): Output {
  return {
    label: profile === '' ? target.name : `${target.name} (${profile})`,
    key: `${target.name}/${profile}/${command}`,
    folder: resolve(folder) === resolve('.') ? '.' : folder,
    templates: sources,
    prettier: target.prettier,
    generate(ir, asked, revision) {
      try {
        return generate(ir, target, { templates: new Templates(sources), revision, profile, command, asked });
      } catch (error) {
        if (target !== customTarget) throw error;
        throw new CallError('V9007', error instanceof Error ? error.message : String(error), 'a template sees what `virtgen ir` prints');
      }
    },
  };
}

function targetNamed(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found === undefined) throw new CallError('V9006', `there is no target '${name}'`, `there are ${targets.map((target) => target.name).join(', ')}; a folder of templates of your own goes with --templates`);
  return found;
}

function profilesOf(target: Target, wanted: string | undefined): readonly string[] {
  if (wanted === undefined) return target.profiles.length === 0 ? [''] : target.profiles;
  return target.profiles.includes(wanted) ? [wanted] : [];
}
