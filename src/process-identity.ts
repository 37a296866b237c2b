// A process by its kernel identity: a pid alone is given to another process sooner or later.
import {readFileSync} from 'node:fs';

export type ProcessIdentity = {
	pid: number;
	/** Clock ticks since boot; absent where the system does not tell it. */
	startTime?: string | undefined;
	bootId?: string | undefined;
};

/** Of this process, if no pid is given. One that has ended and is still listed has no start time. */
export const identify = (pid = process.pid): ProcessIdentity => {
	// Behind the name, which may hold blanks and parentheses: the state, and the start time as the 22nd field.
	const fields = readProc(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
	return {
		pid,
		startTime: fields?.[0] === 'Z' ? undefined : fields?.[19],
		bootId: readProc('/proc/sys/kernel/random/boot_id')?.trim(),
	};
};

export const isAlive = (identity: ProcessIdentity): boolean => {
	const now = identify(identity.pid);
	// Where it could not be told, then or now, the start time decides.
	if (now.bootId && identity.bootId && now.bootId !== identity.bootId) return false;
	if (identity.startTime !== undefined) return now.startTime === identity.startTime;
	try {
		process.kill(identity.pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
};

const readProc = (file: string): string | undefined => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		// No such process, or no /proc.
		return undefined;
	}
};
