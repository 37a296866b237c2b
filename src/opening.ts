// What is known of a window before anything heavy is loaded: its paths and workspace, whether the folder is trusted,
// the configuration, and the state that follows from these. The splash shows it, the window goes on from it.
import {join} from 'node:path';
import {
	type ModelChoice,
	offlineProvider,
	type ResolvedModel,
	resolveModel,
	withChoice,
} from './config/model.js';
import {type Config, readConfig, readConfigFile} from './config.js';
import type {Event, ModelStatus} from './events.js';
import {offlineName} from './model/model.js';
import {type Paths, resolvePaths} from './paths.js';
import {isTrusted} from './trust.js';
import {findWorkspace, type Workspace} from './workspace.js';

export type OpeningRequest = {
	/** Existing folder, absolute. */
	cwd: string;
	flags: {model?: string | undefined; approvals?: string | undefined};
	/** `--config`, as given. */
	overrides: readonly string[];
	/** Trust the folder for this run. */
	trust: boolean;
	/** The session is the tour of `tandem demo`; a resumed one knows it from its log. */
	isTour?: boolean;
	env: Readonly<Record<string, string | undefined>>;
};

export type Opening = {
	kind: 'opening';
	paths: Paths;
	workspace: Workspace;
	isTrusted: boolean;
	configuration: Configuration;
};

/** `warnings`: everything wrong with files, flags and environment, for people. */
export type Configuration = {config: Config; warnings: readonly string[]; model: ResolvedModel};

/** The failure's message is for people. */
export const openWorkspace = (request: OpeningRequest): Opening | {kind: 'failed'; message: string} => {
	const {cwd, env} = request;
	const paths = resolvePaths({env, platform: process.platform});
	if (paths.kind === 'failed') return paths;
	const workspace = findWorkspace(cwd);
	const trusts = request.trust || isTrusted(paths.stateFolder, workspace.folder);
	const configuration = loadConfiguration(
		{...request, configFile: paths.configFile, workspace: workspace.folder},
		trusts,
	);
	return {kind: 'opening', paths, workspace, isTrusted: trusts, configuration};
};

export type ConfigurationSources = {
	configFile: string;
	workspace: string;
	overrides: readonly string[];
	flags: {model?: string | undefined; approvals?: string | undefined};
	/** The tour is played by the offline assistant, whatever model is set up. */
	isTour?: boolean;
	env: Readonly<Record<string, string | undefined>>;
};

/** The project's own configuration counts in a trusted folder only, a choice of the person's over everything. */
export const loadConfiguration = (
	sources: ConfigurationSources,
	isTrusted: boolean,
	choice?: ModelChoice,
): Configuration => {
	const {config: read, warnings} = readConfig({
		user: readConfigFile(sources.configFile),
		project: isTrusted ? readConfigFile(join(sources.workspace, '.tandem', 'config.toml')) : undefined,
		overrides: sources.isTour ? [...sources.overrides, `provider=${offlineProvider}`] : sources.overrides,
		flags: sources.flags,
	});
	const config = choice ? withChoice(read, choice) : read;
	const model = resolveModel(config, sources.env);
	return {config, warnings: [...warnings, ...model.warnings], model};
};

/** `name`: what the server calls the model, once it has said it. */
export const modelStatusOf = (model: ResolvedModel, name?: string): ModelStatus => {
	if (model.kind === 'missing') return {kind: 'missing', hint: model.hint};
	if (model.kind === 'offline') return {kind: 'offline', name: offlineName, hint: model.hint};
	return {kind: 'ready', name: name ?? model.model ?? '…', provider: model.provider};
};

/** What makes a state show the opening. */
export const openingEvents = ({configuration: {config, model}, isTrusted}: Opening): Event[] => [
	{type: 'features.changed', features: config.features},
	{type: 'mode.changed', mode: config.approvals},
	{type: 'model.changed', model: modelStatusOf(model)},
	isTrusted ? {type: 'folder.trusted'} : {type: 'overlay.opened', overlay: 'trust'},
];
