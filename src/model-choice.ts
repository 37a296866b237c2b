// The models that can be chosen, and the choice: asks the servers that are set up and those of this machine, all at
// once and never in anybody's way; stores what is chosen.
import type {ModelChoice} from './config/model.js';
import type {Provider} from './config.js';
import type {ModelSource} from './events.js';
import {listModels} from './model/client.js';
import {findLocalServers, isLoopback, type LocalServer} from './model/local-servers.js';
import {checkTools} from './model/tool-support.js';
import type {KnownProvider, Settings} from './settings.js';

export const createModelChoosing = ({
	settings,
	save,
	show,
	notice,
	onChosen,
}: {
	settings: Settings;
	/** Stores a choice; resolves with what went wrong, in words. */
	save(choice: ModelChoice): Promise<string | undefined>;
	show(sources: readonly ModelSource[]): void;
	notice(text: string, tone?: 'info' | 'warning'): void;
	/** The next turn's model is another one. */
	onChosen(): void;
}) => {
	const never = new AbortController().signal;
	let configured: ModelSource[] = [];
	let local: LocalServer[] = [];
	/** Of those the ones that can be chosen. */
	let found: ModelSource[] = [];
	let round = 0;
	let looks = 0;
	let check = new AbortController();

	const tell = () => {
		const isBuiltIn = ({origin}: ModelSource) => origin === 'built-in';
		const servers = configured.filter(source => !isBuiltIn(source));
		show([...servers, ...found, ...configured.filter(isBuiltIn)]);
	};

	const update = (provider: string, change: Partial<ModelSource>) => {
		configured = configured.map(source => (source.provider === provider ? {...source, ...change} : source));
		tell();
	};

	const askProviders = () => {
		const asked = ++round;
		const before = configured;
		const providers = settings.providers();
		configured = providers.map(provider => {
			if (provider.kind === 'built-in') return builtIn(provider);
			const {name, address, isOfEnvironment, model} = provider;
			return {
				provider: name,
				address,
				origin: isOfEnvironment ? 'environment' : 'configuration',
				// What is known is shown until the server has answered.
				models:
					before.find(source => source.provider === name)?.models ?? (model === undefined ? [] : [model]),
				state: {kind: 'asking'},
			};
		});
		const isCurrent = () => asked === round;
		for (const provider of providers) if (provider.kind === 'server') void askProvider(provider, isCurrent);
	};

	const askProvider = async (
		{name, peer, model}: Extract<KnownProvider, {kind: 'server'}>,
		isCurrent: () => boolean,
	) => {
		if (typeof peer === 'string') return update(name, {state: {kind: 'failed', message: peer}});
		const listed = await listModels(peer, never);
		if (!isCurrent()) return;
		if (listed.kind === 'failed') {
			return update(name, {state: {kind: 'failed', message: listed.failure.message}});
		}
		// The one that is set up may be one that the server does not tell.
		const own = model === undefined || listed.names.includes(model) ? [] : [model];
		update(name, {models: [...own, ...listed.names], state: {kind: 'listed'}});
	};

	const findServers = async () => {
		const look = ++looks;
		const isCurrent = () => look === looks;
		const answered = await findLocalServers(settings.config().localServers, never, server => {
			if (!isCurrent()) return;
			// The others were there a moment ago: they stay until all have had their time.
			offer([...local.filter(({baseURL}) => baseURL !== server.baseURL), server]);
		});
		if (isCurrent()) offer(answered);
	};

	/** Only what nobody has set up yet: the rest is asked with its key where it belongs. */
	const offer = (servers: LocalServer[]) => {
		local = servers;
		const taken = new Set(settings.providers().map(({name}) => name));
		const known = new Set(
			settings.providers().flatMap(each => (each.kind === 'server' ? [plainAddress(each.address)] : [])),
		);
		found = servers
			.filter(({baseURL}) => !known.has(plainAddress(baseURL)))
			.map(({name, baseURL, models}) => ({
				provider: unusedName(name, taken),
				address: baseURL,
				origin: 'found',
				models,
				state: {kind: 'listed'},
			}));
		tell();
	};

	/** Of the last choice only. */
	const tellTools = async (model: string) => {
		check.abort();
		check = new AbortController();
		const {signal} = check;
		const options = settings.modelOptions();
		if (!options?.baseURL || !isLoopback(options.baseURL)) return;
		const support = await checkTools(options, signal);
		if (signal.aborted) return;
		if (support.kind === 'yes') return notice(`${model} can call tools.`);
		if (support.kind === 'unknown') {
			return notice(`Whether ${model} can call tools could not be found out: ${support.reason}`, 'warning');
		}
		notice(
			`${model} can't call tools (${support.reason}): it can talk, but not run commands or edit files. /model chooses another.`,
			'warning',
		);
	};

	return {
		/** Asks every server anew. */
		ask() {
			askProviders();
			tell();
			void findServers();
		},
		/** Looks for servers of this machine alone. */
		findServers,
		/** Counts from the next turn on, and is stored. */
		async choose({provider, model}: {provider: string; model: string}) {
			const source = found.find(each => each.provider === provider);
			const definition: Provider = source ? {base_url: source.address} : {};
			const known = settings.providers().find(({name}) => name === provider);
			if (!source && !known) return notice(`There is no provider ${provider}. /model lists them.`, 'warning');
			const choice = {provider, model: known?.kind === 'built-in' ? undefined : model, definition};
			settings.choose(choice);
			onChosen();
			notice(
				`${choice.model === undefined ? model : `${model} of ${provider}`} answers from the next turn on.`,
			);
			if (known?.kind === 'server' && known.isOfEnvironment) {
				notice('The choice is for this run: OPENAI_BASE_URL is set. To keep it, set TANDEM_MODEL too.');
			} else {
				const trouble = await save(choice);
				if (trouble) notice(`The choice counts for this run but is not stored: ${trouble}`, 'warning');
				const over = settings.modelVariables();
				if (!trouble && over.length > 0) {
					notice(`At the next start ${over.join(' and ')} will stand over this choice: unset to keep it.`);
				}
			}
			await tellTools(model);
		},
	};
};

const builtIn = ({name, model}: Extract<KnownProvider, {kind: 'built-in'}>): ModelSource => ({
	provider: name,
	address: 'built in, no language model',
	origin: 'built-in',
	models: [model],
	state: {kind: 'listed'},
});

/** The same server under its usual names. */
const plainAddress = (address: string): string =>
	address.replace(/\/+$/, '').replace(/^(https?:\/\/)(localhost|\[::1\])(?=[:/]|$)/, '$1127.0.0.1');

const unusedName = (name: string, taken: ReadonlySet<string>): string => {
	let unused = name;
	for (let serial = 2; taken.has(unused); serial++) unused = `${name}-${serial}`;
	return unused;
};
