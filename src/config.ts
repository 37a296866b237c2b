// What the person has set: the layers of configuration merged, and everything in them that is wrong said.
// Pure but for `readConfigFile`; knows no screen and no model client.
import {closeSync, constants, fstatSync, openSync, readFileSync} from 'node:fs';
import {parse, TomlError} from 'smol-toml';
import {findKeyLine} from './config/lines.js';
import type {Notify} from './config/notify.js';
import {type Draft, type Rule, rules} from './config/rules.js';
import type {ApprovalMode} from './events.js';
import {defaultFeatures, type FeatureKey} from './features.js';
import {nearest} from './text/nearest.js';

export type WireApi = 'responses' | 'chat';

export type Provider = {base_url?: string; env_key?: string; wire_api?: WireApi; model?: string};

/**
 * Where a value comes from, weakest first: `choice` is what the person picked in this window. The environment stands
 * between project and flags (`resolveModel`).
 */
export type Origin = 'user' | 'project' | 'flags' | 'choice';

export type Config = {
	model: {value: string; origin: Origin} | undefined;
	/** Name of one of `providers`, or `openai`. */
	provider: {value: string; origin: Origin} | undefined;
	providers: Readonly<Record<string, Provider>>;
	/** Ports of this machine where a model server may be found, by the server's name. */
	localServers: Readonly<Record<string, number>>;
	approvals: ApprovalMode;
	features: Record<FeatureKey, boolean>;
	/** Variables that commands get although they hold a provider's key. */
	passedEnv: readonly string[];
	mouse: boolean;
	/** How the user's terminal is told that something ended unseen. */
	notify: Notify;
};

/** A file's text, or why it can't be read. */
export type ConfigFile = {file: string; text: string} | {file: string; problem: string};

export type ConfigLayers = {
	user?: ConfigFile | undefined;
	/** Only of a trusted folder. */
	project?: ConfigFile | undefined;
	/** `--config` as given: `mouse=false`, `providers.local.base_url=http://…`. */
	overrides?: readonly string[] | undefined;
	/** `-m` and `-a`. */
	flags?: {model?: string | undefined; approvals?: string | undefined} | undefined;
};

/** Never fails: what is wrong becomes a warning for people, and what it would have set stays at its default. */
export const readConfig = (layers: ConfigLayers): {config: Config; warnings: string[]} => {
	const draft: Draft = {
		model: undefined,
		provider: undefined,
		providers: {},
		localServers: usualPorts,
		approvals: 'ask',
		features: defaultFeatures(),
		passedEnv: [],
		mouse: true,
		notify: 'off',
	};
	const warnings = [
		...applyFile(draft, layers.user, 'user'),
		...applyFile(draft, layers.project, 'project'),
		...(layers.overrides ?? []).flatMap(override => applyOverride(draft, override)),
		...applyFlags(draft, layers.flags ?? {}),
	];
	return {config: draft, warnings};
};

/** Of the servers that people run at home. */
const usualPorts = {ollama: 11_434, 'lm-studio': 1_234, 'llama-cpp': 8_080, vllm: 8_000};

/** A configuration file, or undefined if there is none. */
export const readConfigFile = (file: string): ConfigFile | undefined => {
	let descriptor: number | undefined;
	try {
		// Non-blocking: a repository may put a pipe in its place.
		descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
		const stats = fstatSync(descriptor);
		if (!stats.isFile()) return {file, problem: 'it is no file'};
		if (stats.size > maxBytes) return {file, problem: 'it is larger than 1 MB'};
		return {file, text: readFileSync(descriptor, 'utf8')};
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
		return code === 'ENOENT' || code === 'ENOTDIR'
			? undefined
			: {file, problem: `it can't be read (${code})`};
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
};

const maxBytes = 1_048_576;

/** Where a broken file is broken: "FILE:3:7: what". */
export const describeTomlError = (file: string, error: unknown): string => {
	if (!(error instanceof TomlError)) return `${file}: ${String(error)}`;
	const [what = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
	return `${file}:${error.line}:${error.column}: ${what}`;
};

type Layer = {origin: Origin; file: string; lineOf(path: readonly string[]): number | undefined};

const applyFile = (draft: Draft, source: ConfigFile | undefined, origin: Origin): string[] => {
	if (!source) return [];
	const {file} = source;
	if ('problem' in source) return [`${file} is not used: ${source.problem}.`];
	const {text} = source;
	try {
		const layer: Layer = {origin, file, lineOf: path => findKeyLine(text, path)};
		return applyTable(draft, parse(text), [], layer);
	} catch (error) {
		return [`${describeTomlError(file, error)}. Nothing of this file is used until that is mended.`];
	}
};

const applyOverride = (draft: Draft, override: string): string[] => {
	const equals = override.indexOf('=');
	if (equals < 1) return [`--config ${override}: write it as KEY=VALUE, for example mouse=false.`];
	const layer: Layer = {origin: 'flags', file: '--config', lineOf: () => undefined};
	const key = override.slice(0, equals);
	const value = override.slice(equals + 1);
	// `model=gpt-5` is what people type; TOML wants quotes around it.
	for (const text of [override, `${key}=${JSON.stringify(value)}`]) {
		try {
			return applyTable(draft, parse(text), [], layer);
		} catch (error) {
			if (!(error instanceof TomlError)) throw error;
		}
	}
	return [`--config ${override}: "${key}" is no key.`];
};

const applyFlags = (draft: Draft, {model, approvals}: NonNullable<ConfigLayers['flags']>): string[] => [
	...(model === undefined
		? []
		: applyTable(draft, {model}, [], {origin: 'flags', file: '--model', lineOf: () => undefined})),
	...(approvals === undefined
		? []
		: applyTable(draft, {approvals}, [], {origin: 'flags', file: '--approvals', lineOf: () => undefined})),
];

const applyTable = (
	draft: Draft,
	table: Record<string, unknown>,
	prefix: readonly string[],
	layer: Layer,
): string[] =>
	Object.entries(table).flatMap(([key, value]) => applyKey(draft, value, [...prefix, key], layer));

const applyKey = (draft: Draft, value: unknown, path: readonly string[], layer: Layer): string[] => {
	const rule = rules.find(rule => rule.path.length === path.length && isUnder(path, rule));
	const name = path.join('.');
	const line = layer.lineOf(path);
	const place = line === undefined ? layer.file : `${layer.file}:${line}`;
	if (rule) return applyRule(draft, {rule, value, path, layer, name, place});
	if (!rules.some(rule => isUnder(path, rule))) return [`${place}: unknown key "${name}"${suggestion(path)}`];
	if (!isTable(value)) return [`${place}: "${name}" must be a table: [${name}].`];
	return applyTable(draft, value, path, layer);
};

const applyRule = (
	draft: Draft,
	found: {
		rule: Rule;
		value: unknown;
		path: readonly string[];
		layer: Layer;
		name: string;
		place: string;
	},
): string[] => {
	const {rule, value, path, layer, name, place} = found;
	if (layer.origin === 'project' && !rule.isProjectSafe) {
		return [`${place}: "${name}" is not taken from a project. Set it in your own config.toml.`];
	}
	if (rule.set(draft, value, path, layer.origin)) return [];
	rule.failClosed?.(draft);
	return [`${place}: "${name}" can't be ${JSON.stringify(value)}; allowed: ${rule.allowed}.`];
};

/** Whether a rule is for this path or for something below it. */
const isUnder = (path: readonly string[], rule: Rule) =>
	path.every((part, index) => rule.path[index] === part || rule.path[index] === '*');

const suggestion = (path: readonly string[]): string => {
	const parent = path.slice(0, -1);
	const siblings = rules.filter(rule => isUnder(parent, rule)).map(rule => rule.path[parent.length] ?? '');
	const meant = nearest(
		path.at(-1) ?? '',
		siblings.filter(name => name !== '*'),
	);
	return meant === undefined ? '.' : `; did you mean "${[...parent, meant].join('.')}"?`;
};

const isTable = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
