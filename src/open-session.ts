// A session to work in, without a screen: log, settings, host and app put together from the opening.
import {type App, type AppOptions, createApp} from './app.js';
import type {Command} from './command.js';
import type {Copied} from './copying.js';
import {createDiagnostics, type Diagnostics} from './diagnostics.js';
import {editInEditor} from './edit-in-editor.js';
import type {SessionChoice} from './events.js';
import {createFileIndex, type FileIndex} from './files/file-index.js';
import {completeShellWord, type WordCompletions} from './files/shell-word.js';
import {createFold, foldEnd} from './fold.js';
import {createHistoryFile} from './history-file.js';
import {createHostClient} from './host/client.js';
import {hostArgs} from './host/main.js';
import {createModelChoosing} from './model-choice.js';
import {loadConfiguration, type Opening, type OpeningRequest, openingEvents} from './opening.js';
import {prepareWorkspaceFolders, resolveWorkspacePaths} from './paths.js';
import {createSessionId, listAllSessions, type SessionSummary, sessionFile} from './session/list.js';
import {openSessionLog} from './session/log.js';
import {type Resume, resumeSession} from './session/resume.js';
import {createSettings} from './settings.js';
import {type Conversation, initialState} from './state.js';
import {createStore, type Store} from './store.js';
import {trust} from './trust.js';

export type SessionRequest = OpeningRequest & {
	uid: number;
	/** Version of the program. */
	tandem: string;
	/** Real path of the program's entry, to start the host with. */
	entry: string;
	prompt?: string | undefined;
	resume?: Resume | undefined;
};

export type OpenSession = {
	kind: 'open';
	store: Store;
	app: App;
	diagnostics: Diagnostics;
	diagnosticsFile: string;
	/** What was sent in earlier sessions, oldest first. */
	sent(): readonly string[];
	/** The workspace's files, for mentions and shell lines. */
	files: FileIndex & {completeShellWord(line: string): Promise<WordCompletions>};
	/** Says what is amiss. */
	warn(): void;
	/** Takes up a resumed session, sends the prompt and connects to the host. */
	begin(): Promise<void>;
};

export const openSession = async (
	request: SessionRequest,
	opening: Opening,
	window: {
		commands: readonly Command[];
		size(): {columns: number; rows: number};
		/** What a long session ends with, while the rest of it is read. */
		onGlance?(end: Conversation): void;
		/** Puts a text on the clipboard. */
		copy(text: string): Promise<Copied>;
		/** Lets another program have the terminal while `act` runs. */
		lendTerminal<T>(act: () => Promise<T>): Promise<T>;
		suspend(): Promise<void>;
		onLeft: AppOptions['onLeft'];
	},
): Promise<OpenSession | {kind: 'failed'; message: string}> => {
	const {cwd, tandem, env, uid} = request;
	const {paths, workspace} = opening;
	const workspacePaths = resolveWorkspacePaths({stateFolder: paths.stateFolder, key: workspace.key, uid});
	if (workspacePaths.kind === 'failed') return workspacePaths;
	/** Why nothing can be stored. Asked anew each time: a home becomes writable, or somebody takes it away. */
	const obstacle = () => prepareWorkspaceFolders(workspacePaths, uid);
	const obstacleAtStart = obstacle();
	// What is stored can't be gone on with there, and a tour without terminals shows nothing.
	if (obstacleAtStart && (request.resume || request.isTour)) return obstacleAtStart;
	const sessions = `${workspacePaths.stateFolder}/sessions`;
	const fold = createFold();
	const resumed = await resumeSession(request.resume, sessions, {
		take: fold.add,
		glance: last => window.onGlance?.(foldEnd(last)),
	});
	if (resumed.kind === 'failed') return resumed;
	const conversation = fold.end();

	const isTour = request.isTour || conversation.session?.isTour === true;
	const sources = {
		...request,
		configFile: paths.configFile,
		workspace: workspace.folder,
		isTrusted: opening.isTrusted,
		isTour,
	};
	const configuration = isTour ? loadConfiguration(sources, opening.isTrusted) : opening.configuration;
	const settings = createSettings(sources, configuration);
	const diagnosticsFile = `${workspacePaths.stateFolder}/window.jsonl`;
	const diagnostics = createDiagnostics(diagnosticsFile, {
		secrets: settings.secrets,
		mayWrite: () => obstacle() === undefined,
	});
	const newSessionId = () => createSessionId(Date.now(), Math.random);
	const sessionId = resumed.id ?? newSessionId();
	const store = createStore(initialState(workspace.folder, sessionId, isTour));
	if (resumed.log) store.dispatch({type: 'session.replaced', sessionId, conversation});
	for (const event of openingEvents({...opening, configuration})) store.dispatch(event);

	const host = createHostClient({
		paths: workspacePaths,
		uid,
		tandem,
		client: 'window',
		spawn: {
			execPath: process.execPath,
			entry: request.entry,
			args: hostArgs(paths.stateFolder, workspace.key),
			env,
		},
	});
	const models = createModelChoosing({
		settings,
		async save(choice) {
			const {saveModel} = await import('./config/save.js');
			const result = await saveModel(paths.configFile, choice);
			return result.kind === 'failed' ? result.message : undefined;
		},
		show: sources => store.dispatch({type: 'models.changed', sources}),
		notice: (text, tone) => app.actions.notice(text, tone),
		onChosen: () => void tellModel(),
	});
	const history = createHistoryFile({
		file: `${workspacePaths.stateFolder}/history.jsonl`,
		secrets: settings.secrets,
		onError: error => diagnostics.error('The history of the composer failed.', error),
	});
	const files = {
		...createFileIndex({folder: workspace.folder, now: Date.now}),
		completeShellWord: async (line: string) =>
			completeShellWord(line, {cwd, path: (await settings.environment()).PATH ?? ''}),
	};
	const app = createApp({
		store,
		host,
		cwd,
		tandem,
		commands: window.commands,
		model: () => settings.model(),
		models,
		environment: asked => settings.environment(asked),
		remember: text => {
			if (!obstacle()) history.add(text);
		},
		surroundings: id => ({
			version: tandem,
			cwd,
			configFile: paths.configFile,
			stateFolder: workspacePaths.stateFolder,
			sessionFile: sessionFile(sessions, id) ?? sessions,
			withheld: settings.withheld(),
		}),
		copy: window.copy,
		async editText(text) {
			const environment = {...(await settings.environment()), ...(env.TERM && {TERM: env.TERM})};
			return window.lendTerminal(() => editInEditor(text, environment));
		},
		suspend: window.suspend,
		size: window.size,
		instructions: isFolderTrusted => settings.instructions(isFolderTrusted, store.get().features),
		openLog: async (id, take) => obstacle() ?? openSessionLog(sessionFile(sessions, id) ?? sessions, take),
		...(resumed.log && {log: resumed.log}),
		obstacle: () => obstacle()?.message,
		patchFolder: () => (obstacle() ? undefined : `${workspacePaths.stateFolder}/patches`),
		newSessionId,
		listSessions: async () => sessionChoices(await listAllSessions(paths.stateFolder), workspace.folder),
		async saveFeatures(features) {
			const {saveFeatures} = await import('./config/save.js');
			const result = await saveFeatures(paths.configFile, features);
			return result.kind === 'failed' ? result.message : undefined;
		},
		rememberTrust: async () => (await trust(paths.stateFolder, workspace.folder))?.message,
		async onTrusted() {
			settings.trustProject();
			await tellModel();
		},
		onLeft: window.onLeft,
		diagnostics,
	});

	/** Shows which model answers, once the server has said it if nobody else did. */
	const tellModel = async () => {
		store.dispatch({type: 'model.changed', model: settings.modelStatus()});
		if (settings.modelStatus().kind !== 'ready') return;
		const {name} = await settings.model();
		if (name !== '') store.dispatch({type: 'model.changed', model: settings.modelStatus(name)});
	};

	return {
		kind: 'open',
		store,
		app,
		diagnostics,
		diagnosticsFile,
		sent: () => (obstacle() ? [] : history.read()),
		files,
		warn() {
			for (const warning of settings.warnings()) app.actions.notice(warning, 'warning');
		},
		async begin() {
			void tellModel();
			// The first frame is out. Nobody is asked while there is a model, or none is wanted.
			if (settings.modelStatus().kind !== 'ready' && !isTour) void models.findServers();
			void settings.environment();
			await app.start(request.prompt);
			if (resumed.isChoosing) app.actions.openSessions();
			const outcome = await host.connect();
			if (outcome.kind === 'connected') return;
			await app.emit({type: 'host.lost', reason: outcome.message});
			const isTold = outcome.message === obstacleAtStart?.message;
			app.actions.notice(isTold ? noTerminals : outcome.message, 'warning');
		},
	};
};

// Behind the banner, which says why and what to do.
const noTerminals = 'Until then there are no terminals: each keeps its log there.';

/** Tours elsewhere are gone on with by `tandem demo`. */
const sessionChoices = (all: readonly SessionSummary[], here: string): SessionChoice[] => {
	const [own, others] = [
		all.filter(({folder}) => folder === here),
		all.filter(({folder, isTour}) => folder !== here && !isTour),
	];
	return [...own, ...others].map(({id, folder, firstWords, changedAt, openIn}) => ({
		id,
		folder,
		firstWords,
		changedAt,
		openIn,
	}));
};
