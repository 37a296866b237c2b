// The same task through both wire formats is the same session, record by record.
import {globSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {call, reasoning, type Script, startModelServer, text} from '../support/model-server.js';
import {modelEnvironment} from '../support/model-turns.js';
import {makePlace, startTandem} from '../support/tandem.js';

const patch = `*** Begin Patch
*** Update File: notes.txt
@@
-one
+two
*** End Patch`;

const script: Script = [
	[reasoning('I start it.'), text('I start a cat.'), call('exec_command', {cmd: 'cat', name: 'echo'}, 'c1')],
	call('write_stdin', {session_id: 1, chars: 'hello\n'}, 'c2'),
	call('apply_patch', {input: patch}, 'c3'),
	[call('exec_command', {cmd: 'cat notes.txt'}, 'c4'), call('read_file', '{"path": ', 'c5')],
	text('The notes say two now. Grüße 🙂'),
];

/** Plays the task in a place of its own; the records of its session log. */
const play = async (wireApi: 'responses' | 'chat'): Promise<unknown[]> => {
	const place = makePlace();
	onTestFinished(place.remove);
	writeFileSync(join(place.folder, 'notes.txt'), 'one\n');
	const model = await startModelServer(script);
	onTestFinished(model.close);
	const tandem = await startTandem({
		place,
		args: ['-a', 'full', '--trust'],
		env: modelEnvironment(model, wireApi),
	});
	onTestFinished(tandem.end);
	await tandem.sees('› ask');
	await tandem.submit('Change the notes');
	await tandem.sees('The notes say two now. Grüße 🙂');
	expect(readFileSync(join(place.folder, 'notes.txt'), 'utf8')).toBe('two\n');
	expect(model.requests).toHaveLength(5);

	const [file = ''] = globSync(`${place.home}/**/sessions/*.jsonl`);
	await expect.poll(() => readFileSync(file, 'utf8'), {timeout: 10_000}).toContain('"turn.ended"');
	return readFileSync(file, 'utf8')
		.trim()
		.split('\n')
		.map(line => withoutChance(JSON.parse(line).event, place.root));
};

/** What differs from run to run: ids, times, the folder; and what the provider wants back of its reasoning. */
const withoutChance = (value: unknown, root: string): unknown => {
	if (typeof value === 'string') {
		return (
			value
				.replaceAll(root, 'ROOT')
				.replace(/^Chunk ID: .*$/m, 'Chunk ID')
				.replace(/^Wall time: .*$/m, 'Wall time')
				// Of a terminal at the moment of the answer: the host looks again at once, and may have it by then.
				.replace(/^running$/, 'waiting for input')
		);
	}
	if (Array.isArray(value)) return value.map(each => withoutChance(each, root));
	if (typeof value !== 'object' || value === null) return value;
	const chance = ['at', 'sessionId', 'messageId', 'turnId', ...('summary' in value ? ['item'] : [])];
	return Object.fromEntries(
		Object.entries(value).map(([key, field]) => [
			key,
			chance.includes(key) ? typeof field : withoutChance(field, root),
		]),
	);
};

test('responses and chat write the same session log', async () => {
	const [responses, chat] = await Promise.all([play('responses'), play('chat')]);
	expect(chat).toEqual(responses);
	const written = JSON.stringify(chat);
	for (const words of ['I start it.', 'hello', 'call.finished', 'not valid JSON', 'Grüße 🙂']) {
		expect(written).toContain(words);
	}
});
