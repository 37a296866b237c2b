// Which model a session talks to, and with which key: flags before environment before configuration.
// Pure; asks no server.
import type {Config, Provider, WireApi} from '../config.js';

/** The OpenAI API's model when none is named. Other servers have none of that name. */
export const defaultModel = 'gpt-5.5';

export type ResolvedModel =
	| {
			kind: 'ready';
			/** For people: "openai", the name of a [providers.NAME], or the host of the base URL. */
			provider: string;
			/** Undefined: the first of the server's `/models`, for the caller to look up. */
			model: string | undefined;
			/** Undefined: the OpenAI API. */
			baseURL: string | undefined;
			apiKey: string;
			/** Where the address is set, for the words of a failure. */
			addressKey: string;
			/** Where the key is from; undefined: none was given, `apiKey` is a dummy. */
			envKey: string | undefined;
			wireApi: WireApi;
			withheld: string[];
			warnings: string[];
	  }
	/** Nothing is set, or the offline assistant is asked for; `hint` says how to get a real model. */
	| {kind: 'offline'; hint: string; withheld: string[]; warnings: string[]}
	/** What is set is wrong or not enough; `hint` says exactly what to set. */
	| {kind: 'missing'; hint: string; withheld: string[]; warnings: string[]};

export type Env = Readonly<Record<string, string | undefined>>;

/** `withheld` are the variables that children must not get (P12). */
export const resolveModel = (config: Config, env: Env): ResolvedModel => {
	const choice = chooseProvider(config, env);
	const wire = readWireApi(env);
	const warnings = wire.kind === 'wrong' ? [wire.warning] : [];
	if (choice.kind !== 'chosen') return {...choice, withheld: withheldKeys(config), warnings};
	const {name, provider, addressKey} = choice;
	const withheld = withheldKeys(config, provider.env_key);
	const key = provider.env_key === undefined ? undefined : readVariable(env, provider.env_key);
	if (provider.env_key !== undefined && key === undefined && !choice.isOfEnvironment) {
		const hint = `Set ${provider.env_key}, the key of provider "${name}", and start tandem again.`;
		return {kind: 'missing', hint, withheld, warnings};
	}
	const isOwnServer = provider.base_url !== undefined;
	const usual = provider.wire_api ?? (isOwnServer ? 'chat' : 'responses');
	// The variable stands over the files, but it does not go with a server that was picked in its place.
	const isWireForced = choice.isOfEnvironment || config.provider?.origin !== 'choice';
	const wireApi = wire.kind === 'set' && isWireForced ? wire.value : usual;
	return {
		kind: 'ready',
		provider: name,
		model: chooseModel(config, env, provider),
		baseURL: provider.base_url,
		apiKey: key ?? dummyKey,
		addressKey,
		envKey: key === undefined ? undefined : provider.env_key,
		wireApi,
		withheld,
		warnings,
	};
};

/**
 * A choice of the person's: over everything else. `model` undefined: its provider has none to choose. `definition`:
 * what the files do not say of its provider.
 */
export type ModelChoice = {provider: string; model: string | undefined; definition: Provider};

export const withChoice = (config: Config, {provider, model, definition}: ModelChoice): Config => ({
	...config,
	// The server of the environment has no entry, and gets none.
	...(Object.keys(definition).length > 0 && {
		providers: {...config.providers, [provider]: {...config.providers[provider], ...definition}},
	}),
	provider: {value: provider, origin: 'choice'},
	...(model !== undefined && {model: {value: model, origin: 'choice' as const}}),
});

/** Every provider that can be chosen; the OpenAI API if there is a key, the offline assistant always. */
export const providersOf = (config: Config, env: Env): {name: string; isOfEnvironment: boolean}[] => {
	const baseURL = readVariable(env, 'OPENAI_BASE_URL');
	const ofEnvironment = baseURL !== undefined && serverOfEnvironment(baseURL).kind === 'chosen';
	const hasOpenAI = baseURL === undefined && readVariable(env, 'OPENAI_API_KEY') !== undefined;
	const names = new Set([
		...Object.keys(config.providers),
		...(hasOpenAI ? ['openai'] : []),
		offlineProvider,
	]);
	return [
		...(ofEnvironment ? [{name: hostOf(baseURL), isOfEnvironment: true}] : []),
		...[...names].map(name => ({name, isOfEnvironment: false})),
	];
};

// Servers that want no key still want the header, and so does the SDK.
const dummyKey = 'none';

type Choice =
	| {kind: 'chosen'; name: string; provider: Provider; addressKey: string; isOfEnvironment: boolean}
	| {kind: 'offline' | 'missing'; hint: string};

const chooseProvider = (config: Config, env: Env): Choice => {
	const baseURL = readVariable(env, 'OPENAI_BASE_URL');
	const {provider} = config;
	const isPicked = provider?.origin === 'choice' || provider?.origin === 'flags';
	if (baseURL !== undefined && (!isPicked || provider.value === hostOf(baseURL))) {
		return serverOfEnvironment(baseURL);
	}
	if (provider) return namedProvider(config, provider.value);
	if (readVariable(env, 'OPENAI_API_KEY') !== undefined) return namedProvider(config, 'openai');
	const [only, ...others] = Object.keys(config.providers);
	if (only !== undefined && others.length === 0) return namedProvider(config, only);
	if (only !== undefined) {
		const names = Object.keys(config.providers).join(', ');
		return {
			kind: 'missing',
			hint: `Say which provider to use: choose with /model, or set provider = "${only}" (there are: ${names}).`,
		};
	}
	// Who names a model wants that one, and nothing else in its place.
	const isModelNamed = config.model !== undefined || readVariable(env, 'TANDEM_MODEL') !== undefined;
	return {kind: isModelNamed ? 'missing' : 'offline', hint: nothingSet};
};

/** The provider that needs neither key nor server. */
export const offlineProvider = 'offline';

const nothingSet =
	'Set OPENAI_API_KEY for the OpenAI API, or OPENAI_BASE_URL for another server, and start tandem again; or choose a server that runs here with /model.';

const serverOfEnvironment = (address: string): Choice => {
	if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
		return {
			kind: 'missing',
			hint: `OPENAI_BASE_URL is no address: "${address}". It looks like http://localhost:11434/v1.`,
		};
	}
	return {
		kind: 'chosen',
		name: hostOf(address),
		provider: {base_url: address, env_key: 'OPENAI_API_KEY'},
		addressKey: 'OPENAI_BASE_URL',
		isOfEnvironment: true,
	};
};

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address);

const namedProvider = (config: Config, name: string): Choice => {
	const provider = Object.hasOwn(config.providers, name) ? config.providers[name] : undefined;
	if (!provider && name === offlineProvider) return {kind: 'offline', hint: nothingSet};
	if (!provider && name !== 'openai') {
		const names = [...Object.keys(config.providers), 'openai', offlineProvider].join(', ');
		return {kind: 'missing', hint: `There is no provider "${name}". There are: ${names}.`};
	}
	// The OpenAI key goes to the OpenAI API only, unless a provider names it.
	const isOpenAI = provider?.base_url === undefined;
	const known = {...(isOpenAI && {env_key: 'OPENAI_API_KEY'}), ...provider};
	const addressKey = isOpenAI ? 'OPENAI_BASE_URL' : `base_url of [providers.${name}]`;
	return {kind: 'chosen', name, provider: known, addressKey, isOfEnvironment: false};
};

const chooseModel = (config: Config, env: Env, provider: Provider): string | undefined => {
	const {model} = config;
	if (model?.origin === 'choice' || model?.origin === 'flags') return model.value;
	const named = readVariable(env, 'TANDEM_MODEL');
	if (named !== undefined) return named;
	if (model?.origin === 'project') return model.value;
	return provider.model ?? model?.value ?? (provider.base_url === undefined ? defaultModel : undefined);
};

const readWireApi = (
	env: Env,
): {kind: 'unset'} | {kind: 'set'; value: WireApi} | {kind: 'wrong'; warning: string} => {
	const value = readVariable(env, 'TANDEM_WIRE_API');
	if (value === undefined) return {kind: 'unset'};
	if (value === 'responses' || value === 'chat') return {kind: 'set', value};
	return {kind: 'wrong', warning: `TANDEM_WIRE_API can't be "${value}"; allowed: responses, chat.`};
};

/** The key in use and those of every configured provider, for a later turn may use them. */
const withheldKeys = (config: Config, inUse?: string): string[] => {
	const configured = Object.values(config.providers).map(({env_key}) => env_key);
	const keys = [inUse, ...configured].filter(key => key !== undefined);
	return [...new Set(keys)].filter(key => !config.passedEnv.includes(key));
};

/** An empty variable counts as unset; a key copied with its line feed would make an invalid header. */
const readVariable = (env: Env, name: string): string | undefined => env[name]?.trim() || undefined;
