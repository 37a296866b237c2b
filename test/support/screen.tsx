// Renders a component through Ink into an emulator of a size, and reads the visible lines: what a person sees,
// not what was written.
import {Writable} from 'node:stream';
import xterm from '@xterm/headless';
import {render} from 'ink';
import type {ReactNode} from 'react';

export type Screen = Awaited<ReturnType<typeof renderScreen>>;

/** Longer than any machine takes for a frame. */
const deadlineMs = 20_000;

export const renderScreen = async (node: ReactNode, size: {columns: number; rows: number}) => {
	const frames: string[] = [];
	const waiting = new Set<() => void>();
	const stdout = Object.assign(
		new Writable({
			decodeStrings: false,
			write(chunk: string, _encoding, callback) {
				// With `debug` every write is a whole frame; empty ones are barriers of Ink's own.
				if (chunk !== '') frames.push(chunk);
				for (const check of waiting) check();
				callback();
			},
		}),
		{...size, isTTY: true as const},
	);
	const instance = render(node, {
		// Ink needs no more of a terminal than this.
		stdout: stdout as unknown as NodeJS.WriteStream,
		stdin: silentStdin(),
		debug: true,
		interactive: true,
		patchConsole: false,
		exitOnCtrlC: false,
	});
	await instance.waitUntilRenderFlush();

	const read = (): Promise<string[]> => visibleLines(frames.at(-1) ?? '', stdout);
	return {
		frames,
		/** The visible rows, trailing blanks cut. */
		async lines(): Promise<string[]> {
			await instance.waitUntilRenderFlush();
			return read();
		},
		async text(): Promise<string> {
			return (await this.lines()).join('\n');
		},
		/** The visible text, once it holds this. */
		waitFor: (wanted: string | RegExp): Promise<string> =>
			new Promise((resolve, reject) => {
				const holds = (text: string) =>
					typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
				const check = async () => {
					const text = (await read()).join('\n');
					if (!holds(text)) return;
					clearTimeout(timer);
					waiting.delete(check);
					resolve(text);
				};
				const timer = setTimeout(async () => {
					waiting.delete(check);
					reject(new Error(`Never saw ${wanted} on the screen:\n${(await read()).join('\n')}`));
				}, deadlineMs);
				waiting.add(check);
				void check();
			}),
		async resize(next: {columns: number; rows: number}) {
			Object.assign(stdout, next);
			stdout.emit('resize');
			await instance.waitUntilRenderFlush();
		},
		unmount: () => instance.unmount(),
	};
};

/** A frame that is too high scrolls its first rows away, as it would in a terminal. */
const visibleLines = async (
	frame: string,
	{columns, rows}: {columns: number; rows: number},
): Promise<string[]> => {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, convertEol: true});
	await new Promise<void>(resolve => terminal.write(frame, resolve));
	const buffer = terminal.buffer.active;
	const lines = Array.from(
		{length: rows},
		(_, row) =>
			buffer
				.getLine(buffer.viewportY + row)
				?.translateToString(true)
				.trimEnd() ?? '',
	);
	terminal.dispose();
	return lines;
};

export const silentStdin = (): NodeJS.ReadStream => {
	const stdin = new Writable();
	return Object.assign(stdin, {
		isTTY: true,
		setRawMode: () => stdin,
		setEncoding: () => stdin,
		ref: () => stdin,
		unref: () => stdin,
		read: () => null,
		resume: () => stdin,
		pause: () => stdin,
		// No component reads it: keys come parsed, by subscription.
	}) as unknown as NodeJS.ReadStream;
};
