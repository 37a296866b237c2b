/** Milliseconds that this thread computes for it: not what others on the machine do meanwhile. */
export const cpuMs = (act: () => void): number => {
	const before = process.threadCpuUsage();
	act();
	const {user, system} = process.threadCpuUsage(before);
	return (user + system) / 1_000;
};
