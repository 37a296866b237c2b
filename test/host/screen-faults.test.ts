// An emulator that fails costs its own terminal's screen, once, and nobody else anything: real terminals in a real
// host, of which the emulator is made to throw.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {HostClient} from '../../src/host/client.js';
import type {Position} from '../../src/host/protocol.js';
import {bundle} from '../support/bundle.js';
import {makeHostPlace, startRequest as request} from '../support/host-process.js';

const fault = "throw new Error('a fault of the emulator')";
let entry: Awaited<ReturnType<typeof bundle>>;
let place: ReturnType<typeof makeHostPlace>;
let client: HostClient;

beforeAll(async () => {
	entry = await bundle('test/support/pool-entry.ts', [
		{
			file: 'src/host/screen.ts',
			from: 'const sweeps = createSweeps(terminal);',
			to: `terminal.parser.registerEscHandler({final: 'y'}, () => { ${fault}; });
				const sweeps = createSweeps(terminal);`,
		},
		{
			file: 'src/host/lines.ts',
			from: 'resize(cols, rows, resize) {',
			to: `resize(cols, rows, resize) { if (cols === 77) ${fault};`,
		},
		{
			file: 'src/host/grid.ts',
			from: 'const cell = buffer.getNullCell();',
			to: `const cell = buffer.getNullCell();
				if (buffer.getLine(0)?.translateToString(true) === 'unreadable') ${fault};`,
		},
	]);
	place = makeHostPlace(entry.file);
	client = await place.connect();
});
afterAll(async () => {
	await place.end();
	entry.remove();
});

const start = async (cmd: string): Promise<number> => {
	const started = await client.start(request(cmd));
	if (started.kind !== 'started') throw new Error(started.message);
	return started.terminal.id;
};
const shows = async (id: number, pattern: string, from: Position = {line: 1, seen: []}) => {
	const outcome = await client.wait(id, {timeoutMs: 20_000, pattern, from});
	expect(outcome).toMatchObject({reason: {kind: 'matched'}});
};
const enter = (id: number) => client.write(id, {by: 'user', chars: '\r'});
const screenOf = async (id: number) => {
	const snapshot = await client.snapshot(id);
	if (snapshot.kind !== 'snapshot') throw new Error(snapshot.message);
	return snapshot;
};
const logOf = async (id: number) => JSON.stringify(await client.log(id, {maxChars: 10_000}));
const diagnostics = () => readFileSync(place.paths.diagnosticsFile, 'utf8');

test('a fault while output is parsed costs what stood on that screen, is told once, and the terminal goes on', async () => {
	const other = await start('read x; echo "other heard $x"; sleep 100');
	const id = await start(
		"echo before; read x; printf 'broken \\033y'; read x; echo again; read x; printf '\\033y'; read x; echo last; exit 4",
	);
	await shows(id, 'before');
	await enter(id);
	await shows(id, 'was started anew; \\d+ bytes');
	await enter(id);
	await shows(id, 'again');
	const reading = await client.read(id, {maxChars: 10_000});
	if (reading.kind !== 'reading') throw new Error(reading.message);
	await enter(id);
	await shows(id, 'was started anew', reading.next);
	await enter(id);
	expect(await client.wait(id, {timeoutMs: 20_000, exit: true})).toMatchObject({
		terminal: {state: {kind: 'ended', exit: {code: 4}}},
	});
	const log = await logOf(id);
	for (const text of ['before', 'again', 'last']) expect(log).toContain(text);
	expect(log.match(/was started anew/g)).toHaveLength(2);
	const folder = join(place.paths.stateFolder, 'terminals', String(id));
	expect(readFileSync(join(folder, 'bytes.000'), 'latin1')).toContain('broken \x1by');
	const told = diagnostics()
		.split('\n')
		.filter(line => /The screen of terminal \d+ failed/.test(line));
	expect(told).toHaveLength(1);

	await client.write(other, {by: 'user', chars: 'well\r'});
	await shows(other, 'other heard well');
	expect(await logOf(other)).not.toContain('anew');
});

test('a fault when the size changes or the screen is read leaves an empty screen that works, and stop ends it', async () => {
	const id = await start(
		'echo first; read x; echo second; read x; printf "\\033c"; echo unreadable; read x; echo third; sleep 100',
	);
	await shows(id, 'first');
	await client.resize(id, {cols: 77, rows: 20});
	await enter(id);
	await shows(id, 'second');
	expect(await screenOf(id)).toMatchObject({cols: 77, rows: 20});
	await enter(id);
	await shows(id, 'unreadable');
	const {revision} = await screenOf(id);
	await enter(id);
	await shows(id, 'third');
	const screen = await screenOf(id);
	expect(JSON.stringify(screen.lines)).toContain('third');
	expect(screen.revision).toBeGreaterThan(revision);
	expect(await logOf(id)).toContain('unreadable');
	expect(await client.stop(id, {by: 'user', signal: 'KILL'})).toMatchObject({kind: 'stopped'});
});
