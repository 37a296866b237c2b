// Which TCP ports the terminals' processes listen on. What is read again and again is how many sockets there are
// (some hundredths of a millisecond); their tables only when that has changed, for the kernel walks through all
// it could hold to print them (up to 10 ms); processes only when a listening socket has come or gone.
import type {Family} from './family.js';
import {listProcesses, listSockets, listTree, readProc} from './processes.js';
import type {Port} from './protocol.js';

export type Listener = Port & {
	inode: string;
	/** The first and the last time that it was seen, by the watch's clock. */
	since: number;
	seenAt: number;
	/** It is what a server says it serves at: outside the ephemeral range or named in the output, no debugger. */
	isServing: boolean;
};

/** A terminal, as far as ports are concerned. */
export type PortOwner = {
	family: Family;
	listeners: readonly Listener[];
	/** `isNews`: something that is shown has changed. */
	setListeners(listeners: readonly Listener[], isNews: boolean): void;
	/** Every socket of its processes with who holds it; undefined where that cannot be told at a small price. */
	sockets(): ReadonlyMap<string, readonly number[]> | undefined;
	/** What it printed of late; a URL or a number in it names a port. */
	recentText(): string;
	/** It has just started, and what gets out of its tree now is found by nobody later. */
	mayLoseProcesses(): boolean;
	/** It has just started or printed: a port may follow. */
	isActive(): boolean;
};

export type PortWatch = {
	/** Looks often until the returned function is called. */
	demand(): () => void;
	/** A terminal has started or printed. */
	wake(): void;
	close(): void;
};

const demandedMs = 50; // a fourth of the 200 ms that a port must stay open
const activeMs = 250;
const idleMs = 2_000;
// Whoever changes parent, session and environment is only found if it was seen before that.
const censusMs = 1_000;
const idleCensusMs = 30_000;
// Until a port has stayed open for 200 ms every look is at the socket itself.
const judgedMs = 250;

export const createPortWatch = (options: {
	owners(): readonly PortOwner[];
	/** Milliseconds that never go back. */
	now(): number;
	/** Reads a file under /proc. */
	read?: typeof readProc;
}): PortWatch => {
	const {owners, now, read = readProc} = options;
	// Listening sockets that are no terminal's.
	const foreign = new Set<string>();
	// Sockets of the terminals that are no network's.
	let local = new Set<string>();
	let demands = 0;
	let timer: NodeJS.Timeout | undefined;
	let due = 0;
	let censusAt = 0;
	let isClosed = false;
	let socketCounts: string | undefined;

	/** Each terminal holds the sockets that it listens on, and no other that might be or become a port. */
	const holdsWhatIsKnown = (all: readonly PortOwner[]): boolean => {
		const unknown = new Set<string>();
		for (const {sockets, listeners} of all) {
			const held = sockets();
			if (!held) return false;
			if (listeners.some(({inode, pid}) => !held.get(inode)?.includes(pid))) return false;
			for (const inode of held.keys()) if (!listeners.some(each => each.inode === inode)) unknown.add(inode);
		}
		if ([...unknown].some(inode => !local.has(inode))) local = readLocal(read);
		return [...unknown].every(inode => local.has(inode));
	};

	/** As many sockets as at the last look are the same ones, but for the moment in which a port is judged. */
	const hasNoNews = (all: readonly PortOwner[]): boolean => {
		const before = socketCounts;
		socketCounts = readSocketCounts(read);
		const isJudged = all.some(({listeners}) => listeners.some(({since}) => now() - since < judgedMs));
		return socketCounts !== undefined && socketCounts === before && !isJudged;
	};

	const assign = (open: Map<string, number>, all: readonly PortOwner[]) => {
		const processes = listProcesses();
		censusAt = now();
		for (const owner of all) {
			const found = owner.family.select(processes).flatMap(({pid}) =>
				listSockets(pid).flatMap(inode => {
					const port = open.get(inode);
					return port === undefined ? [] : [{inode, port, pid}];
				}),
			);
			// A worker that inherits a socket does not open another port.
			const byPort = new Map(found.toReversed().map(each => [each.port, each]));
			update(owner, [...byPort.values()]);
			for (const {inode} of found) open.delete(inode);
		}
		for (const inode of open.keys()) foreign.add(inode);
	};

	const update = (owner: PortOwner, found: {inode: string; port: number; pid: number}[]) => {
		const text = found.length > 0 ? owner.recentText() : '';
		const next = found.map(({inode, port, pid}): Listener => {
			const before = owner.listeners.find(each => each.inode === inode);
			return {inode, port, pid, since: before?.since ?? now(), seenAt: now(), ...describe(port, text)};
		});
		next.sort((a, b) => Number(b.isServing) - Number(a.isServing) || a.port - b.port);
		const changed = JSON.stringify(next.map(visible)) !== JSON.stringify(owner.listeners.map(visible));
		owner.setListeners(next, changed);
	};

	const look = () => {
		const all = owners();
		if (all.length === 0) return;
		const every = demands > 0 || all.some(owner => owner.mayLoseProcesses()) ? censusMs : idleCensusMs;
		const isCensusDue = now() - censusAt >= every;
		if (hasNoNews(all) && !isCensusDue) return confirm(all);
		if (holdsWhatIsKnown(all)) {
			censusAt = isCensusDue ? now() : censusAt;
			return confirm(all);
		}
		const open = readListening(read);
		for (const inode of foreign) if (!open.has(inode)) foreign.delete(inode);
		const known = new Map(all.flatMap(owner => owner.listeners.map(each => [each.inode, each] as const)));
		const hasNew = [...open.keys()].some(inode => !known.has(inode) && !foreign.has(inode));
		const hasGone = [...known.keys()].some(inode => !open.has(inode));
		if (hasNew || hasGone || isCensusDue) return assign(open, all);
		confirm(all);
	};

	const confirm = (all: readonly PortOwner[]) => {
		for (const owner of all) {
			if (owner.listeners.length === 0) continue;
			if (owner.isActive()) update(owner, [...owner.listeners]);
			// What it has printed of its ports is known.
			else
				owner.setListeners(
					owner.listeners.map(each => ({...each, seenAt: now()})),
					false,
				);
		}
	};

	const schedule = () => {
		if (timer && due - now() <= demandedMs) return;
		const all = owners();
		if (isClosed || all.length === 0) return;
		const delay = demands > 0 ? demandedMs : all.some(owner => owner.isActive()) ? activeMs : idleMs;
		if (timer && due <= now() + delay) return;
		clearTimeout(timer);
		due = now() + delay;
		timer = setTimeout(() => {
			timer = undefined;
			look();
			schedule();
		}, delay);
	};

	return {
		demand() {
			demands++;
			schedule();
			let isOver = false;
			return () => {
				if (!isOver) demands--;
				isOver = true;
			};
		},
		wake: schedule,
		close() {
			isClosed = true;
			clearTimeout(timer);
		},
	};
};

// A larger tree has no small price.
const mostProcesses = 200;

/** For `sockets`, of a tree that no process gets lost from. */
export const socketsBelow = (leader: number): ReturnType<PortOwner['sockets']> => {
	const {pids, isWhole} = listTree(leader, mostProcesses);
	if (!isWhole) return;
	const held = new Map<string, number[]>();
	for (const pid of pids)
		for (const inode of listSockets(pid)) held.set(inode, [...(held.get(inode) ?? []), pid]);
	return held;
};

const visible = ({port, pid, url, inode, isServing}: Listener) => [port, pid, url, inode, isServing];

// Node, Chrome, debugpy, JDWP: they come up beside the server, not as one.
const debuggerPorts = new Set([9229, 9230, 9222, 5678, 5005]);

const describe = (port: number, text: string): {url: string; isServing: boolean} => {
	const printed = new RegExp(`https?://[^\\s"'<>\`]*?:${port}(?!\\d)[^\\s"'<>\`)\\],;]*`).exec(text)?.[0];
	const url = printed
		?.replace(/^(https?:\/\/)(?:0\.0\.0\.0|\[::\]|\[::1\]|127\.0\.0\.1)/, '$1localhost')
		.replace(/[./]+$/, '');
	const isNamed = printed !== undefined || new RegExp(`(?<!\\d)${port}(?!\\d)`).test(text);
	const [lowest, highest] = readEphemeralRange();
	const isServing = !debuggerPorts.has(port) && (isNamed || port < lowest || port > highest);
	return {url: url ?? `http://localhost:${port}`, isServing};
};

/** How many TCP sockets the kernel holds; undefined where it does not say. */
const readSocketCounts = (read: typeof readProc): string | undefined => {
	const texts = [read('net/sockstat'), read('net/sockstat6')];
	return texts[0] === undefined
		? undefined
		: texts.flatMap(text => /^TCP6?: inuse \d+/m.exec(text ?? '') ?? []).join();
};

/** Port by socket inode. */
export const readListening = (read = readProc): Map<string, number> => {
	const open = new Map<string, number>();
	for (const table of ['net/tcp', 'net/tcp6']) {
		for (const line of (read(table) ?? '').split('\n')) {
			// sl local_address rem_address st … inode; 0A is LISTEN.
			const match = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A (?:\S+\s+){5}(\d+)/.exec(line);
			if (match?.[1] && match[2]) open.set(match[2], Number.parseInt(match[1], 16));
		}
	}
	return open;
};

/** Inodes of the sockets between processes of this machine. */
const readLocal = (read: typeof readProc): Set<string> =>
	// Num RefCount Protocol Flags Type St Inode Path.
	new Set([...(read('net/unix') ?? '').matchAll(/^\w+: (?:\w+ ){5}\s*(\d+)/gm)].map(match => match[1] ?? ''));

const readEphemeralRange = (): [number, number] => {
	const [lowest, highest] = (readProc('sys/net/ipv4/ip_local_port_range') ?? '')
		.trim()
		.split(/\s+/)
		.map(Number);
	return [lowest || 32_768, highest || 60_999];
};
