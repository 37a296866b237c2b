// Holds the import rule of ARCHITECTURE.md: imports point down.
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {describe, expect, test} from 'vitest';

/** What a part may import; `types:x` allows only `import type` of x. A part may always import itself. */
const rule: Record<string, string> = {
	main: 'tty cli app components commands editor store state config keymap leaf host session model agent tools text files types:actions types:command',
	cli: 'app state host session tty config leaf text types:actions',
	components: 'store state actions command keymap editor text leaf types:host types:model types:agent',
	commands: 'command actions state leaf',
	command: 'actions state text',
	app: 'state store command tools agent model host session config leaf text files types:actions',
	store: 'state leaf',
	state: 'leaf text types:host types:agent',
	actions: 'types:leaf types:host',
	tools: 'host leaf text types:agent',
	agent: 'leaf text types:host types:model types:tools',
	model: 'leaf text',
	session: 'leaf text types:host',
	host: 'leaf text',
	// Events carry values of the host, the subjects of tools and a conversation that was read at once.
	leaf: 'config text types:host types:agent types:state',
	config: 'leaf text',
	files: 'text',
	text: 'types:host',
	tty: 'text leaf types:host',
	editor: 'text',
	keymap: 'leaf types:state types:actions',
};

const leaves = [
	'events',
	'features',
	'paths',
	'workspace',
	'diagnostics',
	'disk-errors',
	'trust',
	'assets',
	'approval-modes',
	'sha256',
	'process-identity',
	'lock',
	'own-command',
	'own-file',
	'sync-path',
];

/** Which part a file of the tree belongs to. */
const partOf = (file: string): string => {
	const [top = '', second = ''] = file.split('/');
	if (top !== 'src') return top;
	const name = second.replace(/\.(tsx?|js)$/, '');
	if (['main', 'window', 'attach', 'program', 'code-cache', 'splash', 'clipboard'].includes(name))
		return 'main';
	if (
		[
			'app',
			'approving',
			'asking',
			'leaving',
			'terminal-actions',
			'copying',
			'edit-in-editor',
			'saving',
			'emit',
			'shell-lines',
			'driving',
			'host-news',
			'waking',
			'unseen-ends',
			'settings',
			'opening',
			'open-session',
			'model-choice',
			'history-file',
		].includes(name)
	)
		return 'app';
	if (['entries', 'fold', 'shell-entries', 'terminals', 'tour'].includes(name)) return 'state';
	return leaves.includes(name) ? 'leaf' : name;
};

/** Packages that only one part may touch. */
const owners: Record<string, readonly string[]> = {
	openai: ['model'],
	'node-pty': ['host'],
	'@xterm/headless': ['host'],
	'@xterm/addon-unicode-graphemes': ['host'],
	ink: ['components', 'cli', 'main'],
};

type Import = {from: string; part: string; isType: boolean; target: string};

const importsOf = (file: string): Import[] => {
	const source = readFileSync(file, 'utf8');
	const pattern =
		/^\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
	return [...source.matchAll(pattern)].map(([, , type, fixed, dynamic]) => {
		const target = fixed ?? dynamic ?? '';
		return {from: file, part: partOf(file), isType: type !== undefined, target};
	});
};

const files = ['src', 'components', 'commands'].flatMap(folder =>
	readdirSync(folder, {recursive: true, encoding: 'utf8'})
		.filter(file => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
		.map(file => join(folder, file)),
);
const all = files.flatMap(importsOf);

test('every import between parts points down', () => {
	const wrong = all.filter(({from, part, isType, target}) => {
		if (
			!target.startsWith('.') ||
			target.endsWith('.json') ||
			target.endsWith('.md') ||
			target.endsWith('.sh')
		)
			return false;
		const other = partOf(normalize(join(dirname(from), target)));
		const allowed = (rule[part] ?? '').split(' ');
		return !(other === part || allowed.includes(other) || (isType && allowed.includes(`types:${other}`)));
	});
	expect(
		wrong.map(({from, target, isType}) => `${from} imports ${isType ? 'types of ' : ''}${target}`),
	).toEqual([]);
});

describe('packages with one owner', () => {
	for (const [name, parts] of Object.entries(owners)) {
		test(`${name} is imported by ${parts.join(', ')} only`, () => {
			const users = all.filter(({target}) => target === name || target.startsWith(`${name}/`));
			expect(users.filter(({part}) => !parts.includes(part)).map(({from}) => from)).toEqual([]);
		});
	}
});

test('only tty and the entry touch standard input and output', () => {
	const users = files.filter(file => /process\.(stdin|stdout)/.test(readFileSync(file, 'utf8')));
	expect(users.filter(file => !['tty', 'main', 'cli'].includes(partOf(file)))).toEqual([]);
});

test('no file is named for nothing in particular', () => {
	expect(files.filter(file => /(utils|helpers|services|managers|common)/.test(file))).toEqual([]);
	expect(
		files
			.filter(file => /\/index\.tsx?$/.test(file))
			.filter(file => !/(tools|commands|components\/calls)\/index\.tsx?$/.test(file)),
	).toEqual([]);
});
