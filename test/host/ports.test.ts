// The watch for listening ports: that it finds them is tested with real terminals; here what it costs is counted.
import {once} from 'node:events';
import {createServer} from 'node:net';
import {expect, test} from 'vitest';
import {createPortWatch, type Listener, type PortOwner} from '../../src/host/ports.js';
import {listDescriptors, readProc} from '../../src/host/processes.js';
import {until} from '../support/until.js';

const quietOwner: PortOwner = {
	family: {select: () => [], hasSurvivors: () => false, selectHolders: () => [], isUnsettled: false},
	listeners: [],
	setListeners: () => {},
	sockets: () => undefined,
	recentText: () => '',
	mayLoseProcesses: () => false,
	isActive: () => true,
};

test("while no socket comes or goes the kernel's tables of sockets are not read again", async () => {
	const reads: string[] = [];
	const counts = new Map<string, string | undefined>();
	let time = 0;
	const count = (path: string) => reads.filter(each => each === path).length;
	const watch = createPortWatch({
		owners: () => [quietOwner],
		// A clock that stands: the census that comes every second does not.
		now: () => time,
		read(path) {
			reads.push(path);
			if (!path.includes('sockstat')) return readProc(path);
			// Other programs of this machine open and close sockets meanwhile: as it was at first.
			if (!counts.has(path)) counts.set(path, readProc(path));
			return counts.get(path);
		},
	});
	time = 1_000_000;
	const release = watch.demand();
	try {
		await until(() => count('net/sockstat') >= 6);
		expect(count('net/tcp')).toBe(1);
		counts.set('net/sockstat', 'TCP: inuse 123456789');
		await until(() => count('net/tcp') === 2);
	} finally {
		release();
		watch.close();
	}
});

test("sockets of other programs cost no look at the kernel's tables, nor do those between processes", async () => {
	const reads: string[] = [];
	let sockets = 0;
	let held = new Map<string, readonly number[]>();
	const count = (path: string) => reads.filter(each => each === path).length;
	const looks = async (more: number) => {
		const before = count('net/sockstat');
		await until(() => count('net/sockstat') >= before + more);
	};
	const watch = createPortWatch({
		owners: () => [{...quietOwner, sockets: () => held}],
		now: () => 1_000_000,
		read(path) {
			reads.push(path);
			if (path === 'net/unix')
				return `${'Num RefCount\n'}00000000ba23b1e3: 00000003 00000000 00000000 0001 03 42\n`;
			// At every look there is one more on this machine.
			return path.includes('sockstat') ? `TCP: inuse ${sockets++}` : '';
		},
	});
	const release = watch.demand();
	try {
		await looks(3);
		held = new Map([['42', [1]]]);
		await looks(3);
		expect(count('net/tcp')).toBe(0);
		expect(count('net/unix')).toBe(1);
		held = new Map([...held, ['43', [1]]]);
		await until(() => count('net/tcp') > 0);
	} finally {
		release();
		watch.close();
	}
});

test('a port that is closed, or handed over to another process, is looked for', async () => {
	let selects = 0;
	let held = new Map([['7', [1]]]);
	let sockets = 0;
	const listener = {inode: '7', port: 3000, pid: 1, url: '', since: 0, seenAt: 0, isServing: true};
	const select = () => {
		selects++;
		return [];
	};
	const watch = createPortWatch({
		owners: () => [
			{
				...quietOwner,
				family: {...quietOwner.family, select},
				listeners: [listener],
				sockets: () => held,
			},
		],
		now: () => 1_000_000,
		read: path => (path.includes('sockstat') ? `TCP: inuse ${sockets++}` : ''),
	});
	const release = watch.demand();
	try {
		await until(() => sockets >= 6);
		expect(selects).toBe(0);
		held = new Map([['7', [2]]]);
		await until(() => selects > 0);
		held = new Map();
		const before = selects;
		await until(() => selects > before);
	} finally {
		release();
		watch.close();
	}
});

test.each([
	['not looked through where its processes cannot get lost', false],
	['looked through every second where they can', true],
])('the tree of a terminal that has just started is %s', async (_, mayLose) => {
	let selects = 0;
	let looks = 0;
	let time = 1_000_000;
	const select = () => {
		selects++;
		return [];
	};
	const watch = createPortWatch({
		owners: () => [{...quietOwner, family: {...quietOwner.family, select}, mayLoseProcesses: () => mayLose}],
		now: () => time,
		read(path) {
			if (path === 'net/sockstat') {
				looks++;
				time += 2_000;
			}
			return path.includes('sockstat') ? 'TCP: inuse 1' : '';
		},
	});
	watch.wake();
	try {
		await until(() => looks >= 5);
		// The first look is one in any case.
		if (mayLose) expect(selects).toBeGreaterThan(2);
		else expect(selects).toBe(1);
	} finally {
		watch.close();
	}
});

test('the kernel counts a socket that listens', async () => {
	const inUse = () => Number(/^TCP: inuse (\d+)/m.exec(readProc('net/sockstat') ?? '')?.[1]);
	const before = inUse();
	const servers = Array.from({length: 50}, () => createServer());
	await Promise.all(
		servers.map(server => new Promise<void>(done => server.listen(0, '127.0.0.1', () => done()))),
	);
	// Others open and close some, but not that many at once.
	expect(inUse() - before).toBeGreaterThan(20);
	await Promise.all(servers.map(server => new Promise(done => server.close(done))));
});

test.each([
	['a debugger’s port, though it is named', 9229, 'Debugger listening on ws://127.0.0.1:9229/', false],
	['a port of the range that the system gives out', 45_678, '', false],
	['such a port that is named', 45_678, 'ready on port 45678', true],
	['any other port', 3_000, '', true],
])('%s, %i, said %j: a server %s', async (_, port, recentText, isServing) => {
	// Its socket is real; the number that the kernel tells is not.
	const server = createServer().listen(0);
	await once(server, 'listening');
	const sockets = listDescriptors(process.pid).flatMap(
		({target}) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [],
	);
	const found: Listener[] = [];
	const watch = createPortWatch({
		owners: () => [
			{
				...quietOwner,
				family: {...quietOwner.family, select: all => all.filter(({pid}) => pid === process.pid)},
				recentText: () => recentText,
				setListeners: listeners => found.push(...listeners),
			},
		],
		now: Date.now,
		read: path => (path === 'net/tcp' ? tableOf(port, sockets) : path === 'net/tcp6' ? '' : readProc(path)),
	});
	const release = watch.demand();
	try {
		await until(() => found.length > 0);
		expect(found[0]).toMatchObject({port, isServing});
	} finally {
		release();
		watch.close();
		server.close();
	}
});

/** As /proc/net/tcp has it: all of these sockets listen on this port. */
const tableOf = (port: number, inodes: readonly string[]) =>
	inodes
		.map(
			inode =>
				` 0: 00000000:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 0:0 0:0 0 0 0 ${inode} 1`,
		)
		.join('\n');
