// The table of the configuration's keys: what each may be, who may set it, and what it changes.
import type {Config, Origin, Provider} from '../config.js';
import {features} from '../features.js';
import {notifyKinds} from './notify.js';

export type Draft = {-readonly [Key in keyof Config]: Config[Key]};

export type Rule = {
	/** `*` stands for a name that the person chooses. */
	path: readonly string[];
	/** For people: what it can be. */
	allowed: string;
	/** A repository may set it: it runs no code, moves no key and loosens no question. */
	isProjectSafe?: true;
	/** False if the value is not allowed; then nothing has changed. */
	set(draft: Draft, value: unknown, path: readonly string[], origin: Origin): boolean;
	/** What a wrong value does to a key that guards something: the strictest, whatever weaker layers say. */
	failClosed?(draft: Draft): void;
};

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const isVariable = (value: unknown): value is string =>
	typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value);

const isAddress = (value: unknown): value is string =>
	typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

/** Names of Object's own, such as __proto__, are none of a provider. */
const isName = (name: string): boolean => /^[a-z0-9][\w.-]*$/i.test(name);

const providerRule = (
	key: keyof Provider,
	allowed: string,
	read: (value: unknown) => Provider | false,
): Rule => ({
	path: ['providers', '*', key],
	allowed,
	set(draft, value, [, name = '']) {
		const part = read(value);
		if (!part || !isName(name)) return false;
		const provider = Object.hasOwn(draft.providers, name) ? draft.providers[name] : {};
		draft.providers = {...draft.providers, [name]: {...provider, ...part}};
		return true;
	},
});

export const rules: readonly Rule[] = [
	{
		path: ['model'],
		allowed: 'a name of a model in quotes',
		isProjectSafe: true,
		set(draft, value, _, origin) {
			if (!isText(value)) return false;
			draft.model = {value, origin};
			return true;
		},
	},
	{
		path: ['provider'],
		allowed: 'the name of a [providers.NAME] in quotes',
		set(draft, value, _, origin) {
			if (!isText(value)) return false;
			draft.provider = {value, origin};
			return true;
		},
	},
	{
		path: ['local_servers', '*'],
		allowed: 'a port of this machine, or false',
		set(draft, value, [, name = '']) {
			const isPort = typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
			if (!isName(name) || (!isPort && value !== false)) return false;
			const others = Object.entries(draft.localServers).filter(([other]) => other !== name);
			draft.localServers = Object.fromEntries(isPort ? [...others, [name, value]] : others);
			return true;
		},
	},
	{
		path: ['approvals'],
		allowed: '"ask", "auto-edit", "full"',
		set(draft, value) {
			if (value !== 'ask' && value !== 'auto-edit' && value !== 'full') return false;
			draft.approvals = value;
			return true;
		},
		failClosed(draft) {
			draft.approvals = 'ask';
		},
	},
	{
		path: ['mouse'],
		allowed: 'true, false',
		isProjectSafe: true,
		set(draft, value) {
			if (typeof value !== 'boolean') return false;
			draft.mouse = value;
			return true;
		},
	},
	{
		path: ['notify'],
		allowed: notifyKinds.map(kind => `"${kind}"`).join(', '),
		set(draft, value) {
			const kind = notifyKinds.find(each => each === value);
			if (kind === undefined) return false;
			draft.notify = kind;
			return true;
		},
	},
	{
		path: ['environment', 'pass'],
		allowed: 'a list of names of variables: ["OPENAI_API_KEY"]',
		set(draft, value) {
			if (!Array.isArray(value) || !value.every(isVariable)) return false;
			draft.passedEnv = value;
			return true;
		},
	},
	...features.map(
		({key}): Rule => ({
			path: ['features', key],
			allowed: 'true, false',
			isProjectSafe: true,
			set(draft, value) {
				if (typeof value !== 'boolean') return false;
				draft.features = {...draft.features, [key]: value};
				return true;
			},
		}),
	),
	providerRule(
		'base_url',
		'an address: "http://localhost:11434/v1"',
		value => isAddress(value) && {base_url: value},
	),
	providerRule(
		'env_key',
		'the name of the variable that holds the key: "OPENAI_API_KEY"',
		value => isVariable(value) && {env_key: value},
	),
	providerRule(
		'wire_api',
		'"responses", "chat"',
		value => (value === 'responses' || value === 'chat') && {wire_api: value},
	),
	providerRule('model', 'a name of a model in quotes', value => isText(value) && {model: value}),
];
