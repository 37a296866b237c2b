// A bug while something is drawn ends the window and nothing else: one line, the log's place, a usable shell.
import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {breakProgram} from '../support/faulty-program.js';
import {expectUsableShell, openShell} from '../support/in-shell.js';
import {setStage} from '../support/stage.js';

const stage = setStage();

const bug = '(() => { throw new Error("this row cannot be drawn\\x1b[2J"); })()';
let program: ReturnType<typeof breakProgram>;
beforeAll(() => {
	program = breakProgram({find: 'title:"help"', replace: `title:${bug}`});
});
afterAll(() => program.remove());

test('the status is 1, the line names error and log, the terminal is as it was, terminals and conversation go on', async () => {
	const {tandem, before} = await openShell(stage);
	tandem.type(`clear; ${program.launcher} -a full --trust; echo "status $?"\r`);
	await tandem.sees('asks nothing');
	await tandem.submit('!sleep 3041');
	await tandem.sees(/1 running/);
	await tandem.submit('/help');
	await tandem.sees('status 1');
	const text = tandem.text().replaceAll('\n', '');
	const [, place = ''] =
		/tandem stopped: this row cannot be drawn\^\[\[2J\. Its terminals go on\. Details: (\S+\.jsonl)/.exec(
			text,
		) ?? [];
	const [entry] = readFileSync(place, 'utf8')
		.trim()
		.split('\n')
		.map(line => JSON.parse(line))
		.filter(({level}) => level === 'error');
	expect(entry).toMatchObject({
		message: 'The window fell.',
		cause: {message: expect.stringContaining('cannot be')},
	});
	await expectUsableShell(tandem, before);

	tandem.type('clear; "$TANDEM" resume --last -a full --trust\r');
	await tandem.sees('sleep 3041');
	await tandem.sees(/1 running/);
	await tandem.sees('Still running here: sleep (1)');
});
