// What a terminal that knows the kitty keyboard protocol and xterm's modifyOtherKeys keeps of them: a stack of flags
// for each screen, and one number. The emulator of the tests knows neither.
import type {Terminal} from '@xterm/headless';

export type KeyboardProtocols = ReturnType<typeof knowKeyboardProtocols>;

/** `answer` goes to the program as if it were typed. */
export const knowKeyboardProtocols = (terminal: Terminal, answer: (reply: string) => void) => {
	const stacks: Record<'normal' | 'alternate', number[]> = {normal: [], alternate: []};
	let pushes = 0;
	let otherKeys = 0;
	const stack = () => stacks[terminal.buffer.active.type];
	const on = (prefix: string, final: string, take: (first: number, second: number | undefined) => void) =>
		terminal.parser.registerCsiHandler({prefix, final}, params => {
			const [first = 0, second] = params.map(Number);
			take(first, second);
			return true;
		});

	on('?', 'u', () => answer(`\x1b[?${stack().at(-1) ?? 0}u`));
	on('>', 'u', flags => {
		pushes++;
		stack().push(flags);
	});
	on('<', 'u', count => {
		stack().splice(-Math.max(1, count));
	});
	on('=', 'u', flags => {
		stack().splice(-1, 1, flags);
	});
	on('>', 'm', (resource, value) => {
		if (resource === 4) otherKeys = value ?? 0;
	});
	return {
		now: () => structuredClone({...stacks, otherKeys}),
		/** How often a program has switched flags on. */
		pushes: () => pushes,
	};
};
