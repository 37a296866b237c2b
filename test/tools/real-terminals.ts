// Tools on real terminals: the pool in this process, called as the loop does it.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {collectNotices} from '../../src/agent/notices.js';
import type {Tool} from '../../src/agent/tool.js';
import type {Told} from '../../src/events.js';
import {defaultFeatures} from '../../src/features.js';
import type {Host} from '../../src/host/host.js';
import {createPool} from '../../src/host/pool.js';
import type {TerminalInfo} from '../../src/host/protocol.js';
import {toolsFor} from '../../src/tools/index.js';
import {createContext, temporaryFolder} from './context.js';

export const setUp = async (isFeatureOn = true) => {
	const state = await temporaryFolder();
	const workspace = await temporaryFolder();
	const host = await createPool({stateFolder: join(state, 'state'), runtimeFolder: join(state, 'run')});
	onTestFinished(() => host.close());
	const context = createContext(workspace);
	const told: Told[] = [];
	const tools = toolsFor({host, features: {...defaultFeatures(), background_terminal: isFeatureOn}});
	/** As the loop does it: checked, run, and what was read and told is on record. */
	const call = async (name: string, args: object) => {
		const tool = tools.find(each => each.name === name) as Tool;
		const result = await tool.run(tool.schema.parse(args), context);
		Object.assign(context.positions, result.positions);
		told.push(...(result.told ?? []));
		return result;
	};
	/** What the model would be told now; as the loop does it, it is on record then. */
	const news = async () => {
		const {notices, told: now} = await collectNotices({
			sessionId: context.sessionId,
			terminals: await host.list(),
			told,
			positions: context.positions,
			readTail: async (id, last) => {
				const page = await host.log(id, {lines: {last}, maxChars: 4_000});
				return page.kind === 'log' ? page.lines.map(({text}) => text) : [];
			},
		});
		told.push(...now);
		return notices;
	};
	return {
		host,
		context,
		news,
		workspace,
		told,
		call,
		run: async (...of: Parameters<typeof call>) => (await call(...of)).output,
	};
};

/** The first value of a terminal for which the claim holds. */
export const terminalThat = (host: Host, id: number, holds: (terminal: TerminalInfo) => boolean) =>
	new Promise<TerminalInfo>(resolve => {
		const stop = host.subscribe(event => {
			if (event.type === 'terminal.changed') look(event.terminal);
		});
		const look = (terminal: TerminalInfo) => {
			if (terminal.id !== id || !holds(terminal)) return;
			stop();
			resolve(terminal);
		};
		void host.list().then(terminals => terminals.forEach(look));
	});

/** A process that has ended may wait for its parent's look: it is no more than an entry in a table. */
export const isAlive = (pid: number): boolean => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
	} catch {
		return false;
	}
};

export const outputOf = (answer: string) =>
	answer.slice(answer.indexOf('\nOutput:\n') + '\nOutput:\n'.length);

export const server = (port: number | string) =>
	`node -e "const s = require('http').createServer((request, response) => { console.log('GET', request.url); response.end('fine'); }); s.listen(${port}, () => console.log('ready on http://localhost:' + s.address().port))"`;
