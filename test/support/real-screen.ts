// A program in a real PTY, read through an emulator as a person reads a screen, and typed into.
import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes';
import headless from '@xterm/headless';
import {type IPty, spawn} from 'node-pty';

/** How long anything may take before a test gives up; far above every promise. */
const deadlineMs = 30_000;

export type RealScreen = ReturnType<typeof runOnScreen>;

export const runOnScreen = (options: {
	file: string;
	args: readonly string[];
	cwd: string;
	env: Record<string, string>;
	cols: number;
	rows: number;
	/** What asks the program to end. */
	endSignal?: NodeJS.Signals;
}) => {
	const {file, args, cwd, env, cols, rows, endSignal = 'SIGTERM'} = options;
	const screen = new headless.Terminal({
		cols,
		rows,
		allowProposedApi: true,
		scrollback: 2000,
		logLevel: 'off',
	});
	screen.loadAddon(new UnicodeGraphemesAddon());
	screen.unicode.activeVersion = '15-graphemes';

	const pty: IPty = spawn(file, [...args], {cols, rows, cwd, name: 'xterm-256color', encoding: null, env});
	const chunks: Buffer[] = [];
	const listeners = new Set<() => void>();
	const changed = () => {
		for (const listener of listeners) listener();
	};
	let exit: {exitCode: number; signal?: number} | undefined;
	// With `encoding: null` node-pty hands out Buffers, whatever its types say.
	pty.onData(data => {
		const chunk = data as unknown as Buffer;
		chunks.push(chunk);
		screen.write(chunk, changed);
	});
	screen.onData(reply => pty.write(reply));
	pty.onExit(event =>
		// The screen shows a write a moment later: after the end it shows all of them.
		screen.write('', () => {
			exit = event;
			changed();
		}),
	);

	const lines = (): string[] => {
		const buffer = screen.buffer.active;
		return Array.from({length: screen.rows}, (_, row) => {
			const line = buffer.getLine(buffer.baseY + row);
			// A line keeps what stood right of the edge of a screen that has become narrower.
			return line?.translateToString(true, 0, screen.cols) ?? '';
		});
	};
	const text = () => lines().join('\n');

	/** What a failure shows. */
	const situation = () =>
		`the screen is:\n${text()}${exit ? `\n(ended: ${JSON.stringify(exit)})` : '\n(it runs)'}`;

	const until = <Value>(what: string, find: () => Value | undefined): Promise<Value> =>
		new Promise((done, fail) => {
			const finish = () => {
				clearTimeout(timer);
				listeners.delete(check);
			};
			const check = () => {
				const value = find();
				if (value === undefined) return;
				finish();
				done(value);
			};
			const timer = setTimeout(() => {
				finish();
				fail(new Error(`waited for ${what}; ${situation()}`));
			}, deadlineMs);
			listeners.add(check);
			check();
		});

	/** Resolves when the program has ended, and rejects unless with this code. */
	const ends = async (code?: number): Promise<void> => {
		const {exitCode} = await until('its end', () => exit);
		if (code !== undefined && exitCode !== code) throw new Error(`not an end with ${code}; ${situation()}`);
	};

	const shows = (wanted: string | RegExp): boolean =>
		typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text());

	/** Whether the text is on the screen, its first character so. */
	const isShownAs = (look: 'isBold' | 'isDim', wanted: RegExp): boolean => {
		const row = lines().findIndex(line => wanted.test(line));
		const line = screen.buffer.active.getLine(screen.buffer.active.baseY + row);
		const before = lines()[row]?.slice(0, lines()[row]?.search(wanted));
		return before !== undefined && Boolean(line?.getCell(before.length)?.[look]());
	};

	return {
		pty,
		emulator: screen,
		lines,
		text,
		ends,
		situation,
		/** Every byte that reached the user's terminal so far. */
		bytes: () => Buffer.concat(chunks),
		/** Resolves when the screen holds the text. */
		sees: (wanted: string | RegExp) => until(`${wanted}`, () => shows(wanted) || undefined),
		/** Resolves when the screen no longer holds the text. */
		loses: (unwanted: string | RegExp) => until(`no ${unwanted}`, () => (shows(unwanted) ? undefined : true)),
		until,
		isShownAs,
		type: (keys: string) => pty.write(keys),
		/** Types a line and sends it, when the composer shows it. */
		async submit(line: string) {
			pty.write(line);
			await until(`the composer to show ${line}`, () => text().includes(line.slice(-20)) || undefined);
			pty.write('\r');
		},
		/** Says yes to the question that shows this. */
		async allow(shown: string | RegExp) {
			await until(`the question with ${shown}`, () =>
				isShownAs('isBold', /(?<= )y yes · .*n no/) && shows(shown) ? true : undefined,
			);
			pty.write('y');
		},
		/** Answers what the model asks, with this on the screen, by a key. */
		async answer(shown: string, key: string) {
			await until(`the question with ${shown}`, () =>
				isShownAs('isBold', /the model asks/) && text().includes(shown) ? true : undefined,
			);
			pty.write(key);
		},
		resize(size: {cols: number; rows: number}) {
			screen.resize(size.cols, size.rows);
			pty.resize(size.cols, size.rows);
		},
		/** Asks for the end and waits for it. */
		async end() {
			if (!exit) pty.kill(endSignal);
			try {
				await ends();
			} finally {
				if (!exit) pty.kill('SIGKILL');
				screen.dispose();
			}
		},
	};
};
