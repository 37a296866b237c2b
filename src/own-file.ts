// Opens files that are tandem's alone, and never what somebody has put in their place: a link, a pipe, a device,
// another's file, or one that has a second name elsewhere.
import {closeSync, constants, fstatSync, ftruncateSync, openSync, type Stats} from 'node:fs';

/** A link is refused and a pipe does not hang; what is opened is still to be looked at. */
export const ownFileFlags = constants.O_NOFOLLOW | constants.O_NONBLOCK;

export const isOwnFile = (stats: Stats): boolean =>
	stats.isFile() && stats.nlink <= 1 && stats.uid === (process.getuid?.() ?? stats.uid);

/** A descriptor that is the caller's to close; made with mode 0600 if the flags say so. Throws with a code. */
export const openOwnFile = (file: string, flags: number): number => {
	const descriptor = openSync(file, (flags & ~constants.O_TRUNC) | ownFileFlags, 0o600);
	const stats = fstatSync(descriptor);
	if (isOwnFile(stats)) {
		if (flags & constants.O_TRUNC) ftruncateSync(descriptor);
		return descriptor;
	}
	closeSync(descriptor);
	const message = hasSecondName(stats)
		? `${file} ${secondName}. Copy it and move the copy into its place.`
		: `${file} is no file of tandem's own. Move it aside.`;
	throw Object.assign(new Error(message), {code: 'ENOTOWN'});
};

/** Planted, or made by a backup: it may be all that there is, so nobody is told to remove it. */
export const hasSecondName = (stats: Stats): boolean => stats.isFile() && stats.nlink > 1;

/** To stand behind what has it. */
export const secondName =
	'has a second name elsewhere (a hard link, as some backups make them), and what is written to one would be in both';
