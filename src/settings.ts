// What configuration, environment and flags mean for this window: which model, which environment commands get,
// which features. Reads them anew when the folder becomes trusted.
import {buildInstructions, readProjectInstructions} from './agent/prompt.js';
import type {ResolvedModel} from './config/model.js';
import type {Config} from './config.js';
import type {ModelStatus} from './events.js';
import type {FeatureKey} from './features.js';
import {createModel, listModels} from './model/client.js';
import type {Model} from './model/model.js';
import {createOfflineModel} from './model/offline.js';
import {createMissingModel, createUnavailableModel} from './model/unavailable.js';
import {type Configuration, type ConfigurationSources, loadConfiguration, modelStatusOf} from './opening.js';
import {childEnvironment} from './tools/environment.js';
import {createLoginCapture} from './tools/login.js';

export type Settings = ReturnType<typeof createSettings>;

/** `shell`: absolute path; undefined is the person's own. */
export type EnvironmentRequest = {shell: string | undefined; isLogin: boolean};

/** `current` is what the sources said when the window opened. */
export const createSettings = (sources: ConfigurationSources & {cwd: string}, current: Configuration) => {
	const {env, workspace, cwd} = sources;
	const captureLogin = createLoginCapture();
	let model: {of: ResolvedModel; made: Promise<Model>} | undefined;

	const shell = () => env.SHELL || '/bin/sh';

	return {
		config: (): Config => current.config,
		/** Everything wrong with files, flags and environment, for people. */
		warnings: (): readonly string[] => current.warnings,
		/** The project's own configuration counts from now on. */
		trustProject(): void {
			current = loadConfiguration(sources, true);
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
		secrets: (): string[] => (current.model.kind === 'ready' ? [current.model.apiKey] : []),
	};
};

const unknownName = '';

const makeModel = async (resolved: ResolvedModel): Promise<Model> => {
	if (resolved.kind === 'offline') return createOfflineModel(resolved.hint);
	if (resolved.kind === 'missing') return createMissingModel(resolved.hint);
	const {provider, apiKey, baseURL, wireApi, envKey} = resolved;
	const peer = {provider, apiKey, ...(baseURL && {baseURL}), ...(envKey && {envKey})};
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
