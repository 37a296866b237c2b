// Nothing that a program, a model or a file name holds reaches the user's terminal as a control sequence.
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

/** One of each kind that does harm: titles, clipboard, links, notifications, modes, queries, resets, C1, bidi. */
const zoo = [
	'\x1b]0;evil-title\x07',
	'\x1b]52;c;ZXZpbA==\x07',
	'\x1b]8;;http://evil.example\x07link\x1b]8;;\x07',
	'\x1b]9;evil-notice\x07',
	'\x1b]777;notify;evil;evil\x07',
	'\x1b[?1003h\x1b[?1049l\x1b[?2004l\x1b[?25l',
	'\x1bc\x1b[!p\x1b[2J\x1b[3J\x1b[999;999H',
	'\x1bP$q"p\x1b\\\x1b[c\x1b[6n\x1b[21t',
	'\u009b31m\u009d0;evil\u009c',
	'\u202eevil\u2066',
	'\x07\x08\x0e\x7f',
].join('');

test('in output, names, commands, titles, answers and errors', async () => {
	const octal = [...Buffer.from(zoo)].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('');
	await stage.play([
		call('exec_command', {
			cmd: `printf '${octal}'; echo printed-all; exec sleep 1000`,
			name: `evil${zoo}`,
			until: {pattern: 'printed-all'},
		}),
		call(`no-tool${zoo}`, {}),
		call('read_file', {path: `missing${zoo}`}),
		text(['Answer ', zoo, ' ends here.']),
	]);
	const tandem = await stage.open();
	const modes = {...tandem.emulator.modes};
	const titles: string[] = [];
	tandem.emulator.onTitleChange(title => titles.push(title));
	tandem.type('say \u202eevil\u2066 now');
	await tandem.sees('<U+202E>evil<U+2066> now');
	tandem.type(keys.enter);
	await tandem.sees('ends here.');
	await tandem.submit('/ps');
	await tandem.sees('printed-all');
	tandem.type(keys.enter);
	await tandem.sees('printed-all');
	tandem.type(keys.escape);

	const bytes = tandem.bytes().toString('latin1');
	for (const harm of [
		'\x1b]52',
		'\x1b]9;',
		'\x1b]777',
		'\x1b]8;;http://evil',
		'\x1bc',
		'\x1b[!p',
		'\x1b[3J',
		'\x1b[?1003h',
		'\x1bP',
		'\x1b[6n',
		'\x1b[21t',
	]) {
		expect(bytes.includes(harm), JSON.stringify(harm)).toBe(false);
	}
	// C1 controls and bidi overrides arrive as UTF-8.
	expect(bytes).not.toMatch(/\xc2[\x80-\x9f]/);
	expect(bytes).not.toMatch(/\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]/);
	expect(titles.join()).not.toContain('evil');
	expect(tandem.emulator.modes).toEqual(modes);
	expect(tandem.emulator.buffer.active.type).toBe('alternate');
});
