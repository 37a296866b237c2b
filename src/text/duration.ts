// Durations as people and models write and read them.

/** "340 ms", "5.2 s", "58 s", "12 m", "3 h 5 m", "2 d 4 h". */
export const formatDuration = (ms: number): string => {
	if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
	if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1_000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} m`;
	const hours = Math.floor(minutes / 60);
	if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} m`;
	const days = Math.floor(hours / 24);
	return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
};

const unitMs: Record<string, number> = {ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000};

/** Milliseconds of `90s`, `5m`, `1.5 h`, `250ms`; undefined if it is no duration. */
export const parseDuration = (text: string): number | undefined => {
	const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(text);
	const unit = match?.[2] && unitMs[match[2]];
	return match?.[1] && unit ? Number(match[1]) * unit : undefined;
};
