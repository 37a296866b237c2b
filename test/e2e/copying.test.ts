// Copying from an open terminal: a selection while the program prints on, the last command's output, and in attach.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {keys, startTandem, type Tandem} from '../support/tandem.js';

const stage = setStage();
const noProgram = {TMUX: '', DISPLAY: '', WAYLAND_DISPLAY: ''};
const wide = 'wide-'.repeat(60);

/** What the terminal was last asked to take to its clipboard. */
const clipboard = (tandem: Tandem) => {
	const found = [
		...tandem
			.bytes()
			.toString('latin1')
			.matchAll(/\x1b\]52;c;([^\x1b]*)\x1b\\/g),
	].at(-1)?.[1];
	return found === undefined ? undefined : Buffer.from(found, 'base64').toString();
};

for (const size of [
	{cols: 80, rows: 24},
	{cols: 120, rows: 40},
	{cols: 200, rows: 60},
]) {
	test(`a selection is copied as lines, not rows, while output arrives, at ${size.cols}x${size.rows}`, async () => {
		const tandem = await stage.open({...size, env: noProgram});
		const script = `echo first; echo ${wide}; echo; echo last one; while sleep 0.05; do echo tick; done`;
		writeFileSync(join(stage.place.folder, 'print.sh'), script);
		await tandem.submit('!sh print.sh');
		await tandem.sees('└ tick');
		tandem.type(keys.alt('1'));
		await tandem.sees(/1 \w+ · running/);
		tandem.type('\x1d');
		await tandem.sees('full screen');
		tandem.type('v');
		await tandem.sees('selecting');
		tandem.type('gV');
		await tandem.sees('1 line · y copy');
		tandem.type(`${keys.down}${keys.down}${keys.down}`);
		await tandem.sees('4 lines · y copy');
		tandem.type('y');
		await tandem.sees('Copied 4 lines of');
		expect(clipboard(tandem)).toBe(`first\n${wide}\n\nlast one`);
		await tandem.sees('tick');
	});
}

test('of a shell the output of the last command is copied alone, from inside too', async () => {
	const tandem = await stage.open({env: noProgram});
	await tandem.submit('!env PS1="ready> " bash --norc --noprofile');
	await tandem.sees('└ ready>');
	tandem.type(keys.alt('1'));
	await tandem.sees('yours');
	tandem.type(keys.enter);
	await tandem.sees('you type');
	tandem.type('echo one; echo two\r');
	await tandem.sees(/^two$/m);
	tandem.type('seq 3\r');
	await tandem.sees(/^3 *\nready>/m);
	tandem.type('\x1dy');
	await tandem.sees('Copied 3 lines of shell');
	expect(clipboard(tandem)).toBe('1\n2\n3');
});

test('the mouse selects from one character to another, in the split and in place', async () => {
	for (const size of [
		{cols: 200, rows: 60},
		{cols: 80, rows: 24},
	]) {
		const tandem = await stage.open({...size, env: noProgram});
		await tandem.submit(`!seq ${size.cols}; echo hello selecting world; cat`);
		await tandem.sees('└ hello');
		tandem.type(keys.alt(size.cols === 200 ? '1' : '2'));
		await tandem.sees('yours');
		const lines = tandem.lines();
		const row = lines.findLastIndex(line => /(^|│)hello selecting/.test(line)) + 1;
		const column = (lines[row - 1]?.lastIndexOf('selecting') ?? 0) + 1;
		tandem.type(`\x1b[<0;${column};${row}M\x1b[<32;${column + 1};${row}M`);
		await tandem.sees('1 line · y copy');
		tandem.type(`\x1b[<32;${column + 8};${row}M\x1b[<0;${column + 8};${row}m`);
		tandem.type('y');
		await tandem.sees('Copied 9 characters');
		expect(clipboard(tandem)).toBe('selecting');
		await tandem.end();
	}
});

test('what is too long for the terminal is said, and nothing is sent', async () => {
	const tandem = await stage.open({env: noProgram});
	await tandem.submit('!seq 100000 130000');
	await tandem.sees('└ 130000');
	tandem.type(keys.alt('1'));
	await tandem.sees('exit 0');
	tandem.type('\x1b[1;2A');
	await tandem.sees('selecting');
	tandem.type('gVG');
	await tandem.sees('30001 lines · y copy');
	tandem.type('y');
	await tandem.sees(/Not copied: 30001 lines of seq: too long for OSC 52/);
	expect(clipboard(tandem)).toBeUndefined();
});

test('in attach a word of the screen is copied, and the program goes on', async () => {
	const tandem = await stage.open({env: noProgram});
	await tandem.submit('!echo "token is abc-123 today"; cat');
	await tandem.sees('└ token');
	const attached = await startTandem({place: stage.place, args: ['attach', '1'], env: noProgram});
	await attached.sees('you type');
	attached.type('\x1dv');
	await attached.sees('selecting');
	attached.type('gwwvw\x1b[Dy');
	await attached.sees('Copied 8 characters of echo');
	expect(clipboard(attached)).toBe('abc-123 ');
	attached.type('still here\r');
	await attached.sees(/still here[\s\S]*still here/);
	await attached.end();
});
