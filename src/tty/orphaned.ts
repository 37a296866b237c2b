// Tells when whoever started this process is gone: the launcher would put the terminal back if this process died,
// but nobody puts it back if the launcher does. The kernel has no event for that which Node could hear.

const lookMs = 1_000;

/** Called once. Keeps no process alive. */
export const onOrphaned = (tell: () => void): void => {
	const parent = process.ppid;
	const timer = setInterval(() => {
		if (process.ppid === parent) return;
		clearInterval(timer);
		tell();
	}, lookMs);
	timer.unref();
};
