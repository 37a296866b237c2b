// The tour of `tandem demo`: no key, no network, at the person's own pace, left and gone on with at each step.
import {spawn} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {createServer} from 'node:net';
import {resolve} from 'node:path';
import {text as readAll} from 'node:stream/consumers';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {commandOf, keys, makePlace, processesOf, startTandem, type Tandem} from '../support/tandem.js';

let place: ReturnType<typeof makePlace>;
const open: Tandem[] = [];

beforeEach(() => {
	place = makePlace();
});
afterEach(async () => {
	for (const tandem of open.splice(0)) await tandem.end();
	place.remove();
});

const start = async (options: Partial<Parameters<typeof startTandem>[0]> = {}) => {
	const tandem = await startTandem({
		place,
		args: ['demo'],
		...options,
		env: {TMPDIR: place.root, ...options.env},
	});
	open.push(tandem);
	return tandem;
};
const copies = () => readdirSync(place.root).filter(name => name.startsWith('tandem-demo-'));

for (const size of [
	{cols: 80, rows: 24},
	{cols: 120, rows: 40},
]) {
	test(`Enter plays it step by step, with the usual questions, at ${size.cols}x${size.rows}`, async () => {
		const tandem = await start(size);
		const play = async (step: number, shown: RegExp) => {
			await tandem.sees(`tour · step ${step} of 8`);
			await tandem.sees('(Enter plays it)');
			tandem.type(keys.enter);
			await tandem.allow(shown);
		};
		await tandem.sees('offline assistant');
		expect(tandem.text()).toContain(copies()[0]);
		await play(1, /\$ node server\.js/);
		await tandem.sees(/listens on http:\/\/localhost:\d+/);
		await play(2, /\$ node visit\.js http:\/\/localhost:\d+\/login\/ada/);
		await tandem.sees('500 Internal Server Error');
		await tandem.sees('tour · step 3 of 8');
		// Looked at in between: the tour waits.
		tandem.type(keys.alt('1'));
		await tandem.sees('esc back');
		expect(tandem.text()).toContain('GET /login/ada 500');
		tandem.type(keys.escape);
		await tandem.loses('esc back');
		await tandem.sees('show shop   (Enter plays it)');
		tandem.type(keys.enter);
		await tandem.sees(/TypeError: Cannot read/);
		await play(4, /\+ {2}const account = await findAccount/);
		await tandem.sees('Done: login.js changed.');
		await tandem.submit('what is running?');
		await tandem.sees('There is one terminal:');
		await play(5, /\$ node visit\.js/);
		await tandem.sees('Welcome back, Ada!');
		await play(6, /\$ node build\.js/);
		await tandem.sees('/ps   (Enter plays it)');
		tandem.type(keys.enter);
		await tandem.sees('enter open');
		expect(tandem.text()).toMatch(/shop +running +:\d+/);
		tandem.type(keys.escape);
		await tandem.sees('wait until build ends   (Enter plays it)');
		tandem.type(keys.enter);
		await tandem.sees('Built 6 files into dist/.');
		await tandem.sees('/quit   (Enter plays it)');
		tandem.type(keys.enter);
		await tandem.sees('quit: 1 terminal still runs');
		await tandem.until('s to count', () => !tandem.isShownAs('isDim', /Stop it and quit/) || undefined);
		tandem.type('s');
		await tandem.ends(0);
		expect(tandem.text()).toMatch(/tandem resume -C \S+tandem-demo-\S+ \S+/);
	});
}

test('it is left and gone on with at each step, and a stopped server is started again', async () => {
	const played = [
		['start node server.js', 'listens on'],
		['run node visit.js', '500 Internal'],
		['show shop', 'TypeError'],
		['apply fix.patch', 'login.js changed'],
		['run node visit.js', 'Welcome back, Ada!'],
		['start node build.js', 'runs as build'],
	] as const;
	for (const [index, [offer, outcome]] of played.entries()) {
		const tandem = await start({args: ['demo', '-a', 'full']});
		if (index > 0) {
			await tandem.sees(`A tour was left at step ${index + 1} of 8`);
			tandem.type(keys.enter);
		}
		await tandem.sees(`tour · step ${index + 1} of 8`);
		await tandem.sees(`› ${offer}`);
		tandem.type(keys.enter);
		await tandem.sees(`tour · step ${index + 2} of 8`);
		await tandem.sees(outcome);
		await tandem.loses('esc to interrupt');
		tandem.type(keys.ctrlD);
		await tandem.sees('Keep');
		tandem.type('k');
		await tandem.ends(0);
		expect(tandem.text()).toContain('Go on with the tour: tandem demo');
	}
	expect(copies()).toHaveLength(1);
	const folder = `${place.root}/${copies()[0]}`;

	const resumed = await start({args: ['resume', '--last', '-C', folder, '-a', 'full', '--trust']});
	await resumed.sees('tour · step 7 of 8');
	await resumed.submit('wait until build ends');
	await resumed.sees('tour · step 8 of 8');
	await resumed.loses('esc to interrupt');
	resumed.pty.kill('SIGHUP');
	await resumed.ends();

	// What is over is not offered again.
	const again = await start({args: ['demo', '-a', 'full']});
	await again.sees('tour · step 1 of 8');
	expect(copies()).toHaveLength(2);
});

test('a tour whose server was stopped starts it again', async () => {
	const first = await start({args: ['demo', '-a', 'full']});
	await first.sees('(Enter plays it)');
	first.type(keys.enter);
	await first.sees('tour · step 2 of 8');
	await first.loses('esc to interrupt');
	await first.submit('/stop shop');
	await first.sees('start node server.js as shop   (Enter plays it)');
	first.type(keys.enter);
	await first.sees('› run node visit.js');
	await first.loses('esc to interrupt');
	await first.submit('/stop all');
	await first.sees('start node server.js as shop   (Enter plays it)');
	first.type(keys.ctrlD);
	await first.ends(0);

	const fresh = await start({args: ['demo', '-a', 'full']});
	await fresh.sees('Go on with it? [Y/n]');
	fresh.type('n\r');
	await fresh.sees('tour · step 1 of 8');
	expect(copies()).toHaveLength(2);
});

const environment = () => ({
	PATH: process.env.PATH,
	HOME: place.home,
	TANDEM_HOME: place.home,
	TMPDIR: place.root,
});

/** The launcher without a terminal. */
const pipe = async (args: readonly string[], env: Record<string, string> = {}) => {
	const child = spawn(resolve('src/tandem.sh'), args, {
		cwd: place.folder,
		env: {...environment(), ...env},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const [out, errors, code] = await Promise.all([
		readAll(child.stdout),
		readAll(child.stderr),
		new Promise<number | null>(done => child.once('close', done)),
	]);
	return {out, errors, code};
};

test('without a terminal it plays to its end in labelled lines, though its port is taken, and leaves nothing behind', async () => {
	const other = createServer().listen(4173, '127.0.0.1');
	other.on('error', () => {}); // taken by somebody else: as good
	const {out, errors, code} = await pipe(['demo']);
	other.close();
	expect(errors).toBe('');
	expect(out).toContain('assistant: Port 4173 is taken.');
	expect(out).toMatch(/assistant: 500 Internal Server Error[\s\S]*TypeError[\s\S]*assistant: 200 OK/);
	expect(out).toMatch(/^\/ps: shop \(1\) · running · http:\/\/localhost:\d+ · node server\.js/m);
	expect(out).toMatch(/tour: Stopped shop/);
	expect(
		out
			.trimEnd()
			.split('\n')
			.filter(line => !/^(tour|step \d of 8|you|call|assistant|\/ps|notice): /.test(line)),
	).toEqual([]);
	expect(code).toBe(0);
	expect(copies()).toEqual([]);
});

test('when nobody reads on it stops what it started', async () => {
	const child = spawn('sh', ['-c', '"$0" demo | head -n 1', resolve('src/tandem.sh')], {env: environment()});
	expect(await readAll(child.stdout)).toMatch(/^tour: /);
	expect(processesOf(place.home).filter(pid => commandOf(pid).includes('server.js'))).toEqual([]);
});

test('a tour that is left before its first step leaves no copy', async () => {
	const tandem = await start();
	await tandem.sees('(Enter plays it)');
	tandem.type(keys.ctrlD);
	await tandem.ends(0);
	expect(copies()).toEqual([]);
});

test('without a terminal a step that fails is told and ends it with 1', async () => {
	const {out, code} = await pipe(['demo'], {PORT: '99999'});
	expect(out).toContain('error: Step 1 did not show what it should.');
	expect(out).toMatch(/tour: .*tandem resume --last -C /);
	expect(code).toBe(1);
});

test('without a terminal the window says what it needs and what there is instead', async () => {
	for (const args of [[], ['resume', '--last']]) {
		const {out, errors, code} = await pipe(args);
		expect(out).toBe('');
		expect(errors).toMatch(/needs a terminal[\s\S]*tandem demo/);
		expect(code).toBe(1);
	}
});
