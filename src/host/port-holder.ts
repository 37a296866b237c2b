// Who holds a TCP port on this machine, be it a terminal's process or a stranger's. Looks at every process: for
// the rare moment in which a port turns out to be taken.
import {readListening} from './ports.js';
import {describeProcess, listDescriptors, listProcesses} from './processes.js';
import type {ProcessInfo} from './protocol.js';

/** `hidden`: another user's, whom we may not look at. Undefined: nobody listens there. */
export const findPortHolder = (
	port: number,
): {kind: 'process'; process: ProcessInfo} | {kind: 'hidden'} | undefined => {
	const sockets = new Set(
		[...readListening()].flatMap(([inode, each]) => (each === port ? [`socket:[${inode}]`] : [])),
	);
	if (sockets.size === 0) return;
	const holder = listProcesses().find(({pid}) =>
		listDescriptors(pid).some(({target}) => sockets.has(target)),
	);
	return holder ? {kind: 'process', process: describeProcess(holder)} : {kind: 'hidden'};
};
