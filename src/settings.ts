// What configuration, environment and flags mean for this window: which model, which environment commands get,
// which features. Reads them anew when the folder becomes trusted.
import {buildInstructions, readProjectInstructions} from './agent/prompt.js';
import {type ModelChoice, providersOf, type ResolvedModel, resolveModel} from './config/model.js';
import type {Config} from './config.js';
import type {ModelStatus} from './events.js';
import type {FeatureKey} from './features.js';
import {createModel, defaultBaseURL, listModels, type ModelOptions} from './model/client.js';
import {type Model, offlineName} from './model/model.js';
import {createOfflineModel} from './model/offline.js';
import {createMissingModel, createUnavailableModel} from './model/unavailable.js';
import {type Configuration, type ConfigurationSources, loadConfiguration, modelStatusOf} from './opening.js';
import {childEnvironment} from './tools/environment.js';
import {createLoginCapture} from './tools/login.js';

export type Settings = ReturnType<typeof createSettings>;

/** `shell`: absolute path; undefined is the person's own. */
export type EnvironmentRequest = {shell: string | undefined; isLogin: boolean};

/** `current` is what the sources said when the window opened. */
export const createSettings = (
	sources: ConfigurationSources & {cwd: string; isTrusted: boolean},
	current: Configuration,
) => {
	const {env, workspace, cwd} = sources;
	const captureLogin = createLoginCapture();
	let {isTrusted} = sources;
	let choice: ModelChoice | undefined;
	let model: {of: ResolvedModel; made: Promise<Model>} | undefined;

	const shell = () => env.SHELL || '/bin/sh';

	/** A provider as if it were chosen. */
	const resolved = (name: string): ResolvedModel =>
		resolveModel({...current.config, provider: {value: name, origin: 'choice'}}, env);

	return {
		config: (): Config => current.config,
		/** Everything wrong with files, flags and environment, for people. */
		warnings: (): readonly string[] => current.warnings,
		/** The project's own configuration counts from now on. */
		trustProject(): void {
			isTrusted = true;
			current = loadConfiguration(sources, isTrusted, choice);
		},
		/** Every provider that can be chosen, and how to ask it, or why it can't be asked. */
		providers: (): KnownProvider[] =>
			providersOf(current.config, env).map(({name, isOfEnvironment}) => {
				const {config, model: inUse} = current;
				const provider = resolved(name);
				const own = Object.hasOwn(config.providers, name) ? config.providers[name] : undefined;
				const isInUse = inUse.kind === 'ready' && inUse.provider === name;
				if (provider.kind === 'offline') return {kind: 'built-in', name, model: offlineName};
				return {
					kind: 'server',
					name,
					isOfEnvironment,
					address: (provider.kind === 'ready' ? provider.baseURL : own?.base_url) ?? defaultBaseURL,
					model: isInUse ? inUse.model : own?.model,
					peer: provider.kind === 'ready' ? peerOf(provider) : provider.hint,
				};
			}),
		/** Counts from the next turn on. */
		choose(next: ModelChoice): void {
			choice = next;
			current = loadConfiguration(sources, isTrusted, choice);
		},
		/** Variables that stand over the files at the next start. */
		modelVariables: (): string[] =>
			['OPENAI_BASE_URL', 'TANDEM_MODEL', 'TANDEM_WIRE_API'].filter(name => env[name]?.trim()),
		/** How to reach the model in use; undefined: there is none, or its name is not known yet. */
		modelOptions: (): ModelOptions | undefined => {
			const {model: inUse} = current;
			if (inUse.kind !== 'ready' || inUse.model === undefined) return undefined;
			return {...peerOf(inUse), wireApi: inUse.wireApi, model: inUse.model};
		},
		modelStatus: (name?: string): ModelStatus => modelStatusOf(current.model, name),
		/** Made once for a configuration. Without a model's name it is the first that the server lists. */
		model(): Promise<Model> {
			if (model?.of === current.model) return model.made;
			const made = makeModel(current.model);
			model = {of: current.model, made};
			// A server that was not up yet may be when it is asked again.
			void made.then(({name}) => {
				if (name === unknownName) model = undefined;
			});
			return made;
		},
		/** What commands see: the login environment of the shell, which is asked once, or the window's own. */
		async environment(
			request: EnvironmentRequest = {shell: undefined, isLogin: true},
		): Promise<Record<string, string>> {
			const base = {env, providerKeys: current.model.withheld, pass: current.config.passedEnv};
			const plain = childEnvironment(base).env;
			if (!request.isLogin) return plain;
			return childEnvironment({...base, login: await captureLogin(request.shell ?? shell(), plain)}).env;
		},
		/** Names of the variables that no command gets. */
		withheld: (): string[] =>
			childEnvironment({env, providerKeys: current.model.withheld, pass: current.config.passedEnv}).withheld,
		async instructions(isTrusted: boolean, features: Record<FeatureKey, boolean>): Promise<string> {
			return buildInstructions({
				workspace,
				cwd,
				platform: process.platform,
				shell: shell(),
				date: new Date().toISOString().slice(0, 10),
				hasBackgroundTerminals: features.background_terminal,
				projectInstructions: await readProjectInstructions({workspace, cwd, isTrusted}),
			});
		},
		/** Keys that must appear in no file. */
		secrets: (): string[] =>
			[current.model, ...providersOf(current.config, env).map(({name}) => resolved(name))].flatMap(each =>
				each.kind === 'ready' ? [each.apiKey] : [],
			),
	};
};

export type KnownProvider =
	| {
			kind: 'server';
			name: string;
			isOfEnvironment: boolean;
			address: string;
			/** The one that is set up for it. */
			model: string | undefined;
			/** Or why it can't be asked. */
			peer: PeerOptions | string;
	  }
	| {kind: 'built-in'; name: string; model: string};

type PeerOptions = Omit<ModelOptions, 'model' | 'wireApi'>;

const peerOf = ({
	provider,
	apiKey,
	addressKey,
	baseURL,
	envKey,
}: Extract<ResolvedModel, {kind: 'ready'}>): PeerOptions => ({
	provider,
	apiKey,
	addressKey,
	...(baseURL && {baseURL}),
	...(envKey && {envKey}),
});

const unknownName = '';

const makeModel = async (resolved: ResolvedModel): Promise<Model> => {
	if (resolved.kind === 'offline') return createOfflineModel(resolved.hint);
	if (resolved.kind === 'missing') return createMissingModel(resolved.hint);
	const {provider, wireApi} = resolved;
	const peer = peerOf(resolved);
	if (resolved.model !== undefined) return createModel({...peer, wireApi, model: resolved.model});
	const listed = await listModels(peer, new AbortController().signal);
	if (listed.kind === 'failed') return createUnavailableModel(unknownName, listed.failure);
	const [first] = listed.names;
	if (first !== undefined) return createModel({...peer, wireApi, model: first});
	return createUnavailableModel(unknownName, {
		code: 'not-configured',
		message: `${provider} lists no models. Load one there, or name one with TANDEM_MODEL.`,
	});
};
