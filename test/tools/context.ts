// What the tests hand to a tool: a temporary workspace and a context for it.
import {mkdtemp, realpath, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {ToolContext} from '../../src/agent/tool.js';
import type {CallDisplay} from '../../src/events.js';
import type {Position} from '../../src/host/protocol.js';

/** Beside the workspace, as tandem's state is. */
const patchFolderOf = (workspace: string) => `${workspace}-patches`;

export const temporaryFolder = async (): Promise<string> => {
	const folder = await realpath(await mkdtemp(join(tmpdir(), 'tandem-tools-')));
	for (const made of [folder, patchFolderOf(folder)])
		onTestFinished(() => rm(made, {recursive: true, force: true}));
	return folder;
};

export type TestContext = ToolContext & {
	interrupt(): void;
	shown: CallDisplay[];
	positions: Record<number, Position>;
};

export const createContext = (workspace: string, changes: Partial<ToolContext> = {}): TestContext => {
	const controller = new AbortController();
	const shown: CallDisplay[] = [];
	const positions: Record<number, Position> = {};
	return {
		callId: 'call-1',
		signal: controller.signal,
		cwd: workspace,
		workspace,
		sessionId: 'session-1',
		patchFolder: patchFolderOf(workspace),
		env: {PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: workspace, LANG: 'C.UTF-8'},
		position: id => positions[id],
		progress: display => shown.push(display),
		now: () => Date.now(),
		random: () => 0.5,
		interrupt: () => controller.abort(),
		shown,
		positions,
		...changes,
	};
};
