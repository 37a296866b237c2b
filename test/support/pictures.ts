// The scenes whose pictures stand in the README: the built program in a real terminal, a scripted model, and a
// person's keys. Everything on the screen is what the program printed.
import {cpSync} from 'node:fs';
import {readRuns} from '../../src/host/grid.js';
import {call, type Script, startModelServer, text} from './model-server.js';
import {lastOutput, modelEnvironment} from './model-turns.js';
import type {Screenful} from './picture.js';
import {keys, makePlace, startTandem, type Tandem} from './tandem.js';

export type Scene = {
	cols: number;
	rows: number;
	script: Script;
	/** What the person does, up to the moment of the picture. */
	play(tandem: Tandem): Promise<unknown>;
};

const startShop = call('exec_command', {
	cmd: 'npm start',
	name: 'shop',
	login: false,
	until: {pattern: 'shop is open'},
});

/** Starts the shop's server, finds its bug in the log, mends it and looks again. */
const mendTheShop = (): Script => {
	let url = '';
	const visit = () => call('exec_command', {cmd: `node visit.js ${url}/login/ada`, login: false});
	return request => {
		url ||= /http:\/\/localhost:\d+/.exec(lastOutput(request))?.[0] ?? '';
		const replies = [
			() => startShop,
			visit,
			() => call('read_terminal', {session_id: 'shop', view: 'log', grep: 'login'}),
			() => [
				text('The handler never waits for the account.', {phase: 'commentary'}),
				call('apply_patch', {input: patch}),
			],
			visit,
			() => call('exec_command', {cmd: 'npm run build', name: 'build', login: false, yield_time_ms: 2_500}),
			() =>
				text(
					'**The login page works**: `findAccount` is asynchronous and was not awaited. The shop is still running; the build goes on beside it.',
				),
		];
		return (replies[request.index] ?? (() => text('')))();
	};
};

const patch = `*** Begin Patch
*** Update File: login.js
@@ export const login = async name => {
-  const account = findAccount(name);
+  const account = await findAccount(name);
   const greeting = \`Welcome back, \${account.name.trim()}!\`;
*** End Patch`;

const askForLogin = async (tandem: Tandem) => {
	await tandem.submit('Start the shop and fix its login page');
	await tandem.sees('goes on beside it');
};

export const scenes: Record<string, Scene> = {
	window: {
		cols: 104,
		rows: 47,
		script: mendTheShop(),
		play: askForLogin,
	},
	ps: {
		cols: 104,
		rows: 20,
		script: mendTheShop(),
		async play(tandem) {
			await askForLogin(tandem);
			await tandem.submit('!node --version');
			await tandem.sees('exit 0');
			await tandem.submit('/ps');
			await tandem.sees(/GET .* 200[\s\S]*node --version/);
		},
	},
	'taken-over': {
		cols: 160,
		rows: 28,
		script: [
			startShop,
			call('exec_command', {cmd: 'vim -n login.js', name: 'edit', login: false}),
			text('The shop runs, and `edit` has the file in vim: it is yours.'),
		],
		async play(tandem) {
			await tandem.submit('Start the shop, and open its login page in vim for me');
			await tandem.sees('it is yours');
			tandem.type(keys.alt('2'));
			await tandem.sees('model types');
			tandem.type(keys.enter);
			await tandem.sees('you type');
			tandem.type(':set number\r5G');
			await tandem.sees(/5 +const account/);
		},
	},
	experimental: {
		cols: 104,
		rows: 16,
		script: [],
		async play(tandem) {
			await tandem.submit('/experimental');
			await tandem.sees('wake_on_exit');
		},
	},
};

/** Plays a scene and hands its screen to a reader, while the program runs. */
export const playScene = async <Seen>(scene: Scene, read: (tandem: Tandem) => Seen | Promise<Seen>) => {
	const place = makePlace();
	const model = await startModelServer(scene.script, {models: ['qwen3']});
	cpSync('assets/demo', place.folder, {recursive: true});
	const {cols, rows} = scene;
	const args = ['-a', 'full', '--trust'];
	const env = {
		...modelEnvironment(model),
		TANDEM_MODEL: 'qwen3',
		USER: 'ada',
		LOGNAME: 'ada',
		SHELL: '/bin/sh',
	};
	const tandem = await startTandem({place, args, cols, rows, env});
	try {
		await tandem.sees('› ask');
		await scene.play(tandem);
		return await read(tandem);
	} finally {
		await tandem.end();
		await model.close();
		place.remove();
	}
};

/** What the terminal shows now. */
export const screenfulOf = ({emulator, bytes}: Tandem): Screenful => {
	const {cols, rows} = emulator;
	const {cursorX: column, cursorY: row} = emulator.buffer.active;
	const printed = bytes().toString('latin1');
	const isShown = printed.lastIndexOf('\x1b[?25h') > printed.lastIndexOf('\x1b[?25l');
	return {
		lines: readRuns(emulator.buffer.active, {cols, rows}),
		cols,
		rows,
		cursor: isShown ? {row, column} : undefined,
	};
};
