// A window without an app, for tests of the way in and out: paints a line, and does what its keys say.
import {createInput} from '../../src/tty/input.js';
import {createOutput, cutOffStatus} from '../../src/tty/output.js';
import {suspendProcess, watchContinuation} from '../../src/tty/suspend.js';

const leave = async (code: number, farewell = '') => {
	input.stop();
	process.exit((await output.stop(farewell)) ? code : cutOffStatus);
};
const output = createOutput({
	stdout: process.stdout,
	env: process.env,
	mouse: true,
	onGone: () => process.exit(129),
});
const input = createInput({
	stdin: process.stdin,
	onKittyKeyboard: output.useKittyKeyboard,
	onEnd: () => process.exit(129),
});
process.on('exit', output.restoreNow);
process.on('SIGTERM', () => leave(143));
process.on('SIGHUP', () => leave(129));
watchContinuation({input, output});

const paint = (text: string) =>
	output.paint(`window ${process.pid} ${process.argv.slice(2).join(',')}\n${text}`);
/** Frames that differ in every cell, for ever. */
const flood = () => {
	let letter = 0;
	setInterval(() => {
		letter = (letter + 1) % 26;
		paint(Array.from({length: 18}, () => String.fromCharCode(97 + letter).repeat(100)).join('\n'));
	}, 1);
};
let typed = '';
input.start();
output.start();
input.subscribe(event => {
	if (event.kind !== 'key') return;
	if (event.ctrl && event.name === 'c') return leave(130);
	if (event.ctrl && event.name === 'z') return suspendProcess({input, output});
	if (event.name === 'q') return leave(0, 'farewell\n');
	if (event.name === 'f') return flood();
	if (event.name === 'e') process.exit(1);
	if (event.name === 'x') throw new Error('a bug');
	typed += event.text;
	paint(`typed ${typed}`);
});
paint('ready');
