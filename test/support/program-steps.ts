// What is done to a real program through the model's tools, why the call came back and what the model saw: the
// calls of a table of steps, and whether their answers are right.
import {expect} from 'vitest';

/** `cmd` starts the program, `chars` and `keys` type into it, `view` looks at it again. */
export type Act = {
	cmd?: string;
	env?: Record<string, string>;
	name?: string;
	rows?: number;
	chars?: string;
	keys?: string[];
	paste?: boolean;
	until?: object;
	view?: 'screen' | 'log';
};

/**
 * `sees`: rows of the answer in their order, one after the other. `…` on a row of its own stands for any rows,
 * within a row for any text. Blank rows and the `~` of vim do not count, and blanks count as one.
 */
export type Step = [act: Act, because: Reason, sees: string];

type Reason = 'waiting for input' | 'exited' | 'looked' | `matched "${string}"` | `quiet for ${number} ms`;

// Longer than any program takes on a busy machine: to come back then is the failure that is looked for.
const yieldMs = 30_000;

/** `id`: of the terminal that was started last. */
export const callOf = (act: Act, id: number): {name: string; args: object} => {
	if (act.cmd !== undefined) {
		return {name: 'exec_command', args: {cols: 80, rows: 24, yield_time_ms: yieldMs, ...act}};
	}
	if (act.view !== undefined) return {name: 'read_terminal', args: {session_id: id, ...act}};
	return {name: 'write_stdin', args: {session_id: id, yield_time_ms: yieldMs, ...act}};
};

/** The terminal's id, if the answer tells one. */
export const terminalOf = (answer: string): number | undefined => {
	const found = /session ID (\d+)/.exec(answer);
	return found ? Number(found[1]) : undefined;
};

export const expectAnswer = (answer: string, [act, because, sees]: Step): void => {
	const when = `after ${JSON.stringify(act)}`;
	if (because !== 'looked')
		expect(answer, when).toMatch(new RegExp(`\nReturned because: ${toPattern(because)}\n`));
	const rows = rowsOf(answer.slice(answer.search(/\n(Output|Screen|Log):/)));
	const pattern = rowsOf(sees)
		.map(row => (row === '…' ? '(?:.*\n)*?' : `${toPattern(row)}\n`))
		.join('');
	const text = rows.map(row => `${row}\n`).join('');
	if (!new RegExp(`^${pattern}`, 'm').test(text))
		expect.fail(`${when} the model saw\n${answer}\nand not\n${sees}`);
};

const rowsOf = (text: string) =>
	text
		.split('\n')
		.map(row => row.trim().replaceAll(/\s+/g, ' '))
		.filter(row => row !== '' && row !== '~');

const toPattern = (text: string) =>
	text
		.split(/ ?… ?/)
		.map(part => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
		.join('.*');
