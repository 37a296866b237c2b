// What the user's terminal can show, judged by the environment alone, and colours brought down to that.

/** 0: no colours, 1: 16, 2: 256, 3: all. Attributes such as bold are always shown. */
export type ColourDepth = 0 | 1 | 2 | 3;

type Environment = Readonly<Record<string, string | undefined>>;

/** FORCE_COLOR wins over NO_COLOR, as in Node. */
export const colourDepth = (env: Environment): ColourDepth => {
	const forced = env.FORCE_COLOR;
	if (forced !== undefined) {
		if (forced === '0' || forced === 'false') return 0;
		if (forced === '1' || forced === '2' || forced === '3') return Number(forced) as 1 | 2 | 3;
		return terminalDepth(env) || 1;
	}
	if (env.NO_COLOR) return 0;
	return terminalDepth(env);
};

const terminalDepth = (env: Environment): ColourDepth => {
	const term = env.TERM ?? '';
	if (term === 'dumb') return 0;
	if (/^(?:truecolor|24bit)$/i.test(env.COLORTERM ?? '')) return 3;
	if (/-direct$|kitty|ghostty|wezterm|alacritty|^foot/.test(term)) return 3;
	if (/^(?:iTerm\.app|vscode|WezTerm|ghostty)$/.test(env.TERM_PROGRAM ?? '')) return 3;
	return /256/.test(term) || env.TERM_PROGRAM === 'Apple_Terminal' ? 2 : 1;
};

/** Whether OSC 8 links are worth sending. */
export const showsLinks = (env: Environment): boolean => {
	const forced = env.FORCE_HYPERLINK;
	if (forced !== undefined) return forced !== '0';
	if (env.TMUX || /^screen|^tmux/.test(env.TERM ?? '')) return false;
	if (Number(env.VTE_VERSION ?? 0) >= 5000 || env.WT_SESSION || env.KONSOLE_VERSION) return true;
	return (
		/kitty|ghostty|wezterm|alacritty|^foot/.test(env.TERM ?? '') ||
		/^(?:iTerm\.app|vscode|WezTerm|ghostty)$/.test(env.TERM_PROGRAM ?? '')
	);
};

/** The nearest colour of a depth, or none. */
export const reduceColour = (colour: number | string, depth: ColourDepth): number | string | undefined => {
	if (depth === 0) return undefined;
	if (depth === 3 || (typeof colour === 'number' && (colour < 16 || depth === 2))) return colour;
	const channels = typeof colour === 'number' ? paletteChannels(colour) : hexChannels(colour);
	return depth === 2 ? nearestOf256(channels) : nearestOf16(channels);
};

type Channels = readonly [red: number, green: number, blue: number];

const hexChannels = (colour: string): Channels => {
	const value = Number.parseInt(colour.slice(1), 16);
	return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
};

const cubeLevels = [0, 95, 135, 175, 215, 255];

const paletteChannels = (index: number): Channels => {
	if (index >= 232) return grey(8 + (index - 232) * 10);
	const level = (step: number) => cubeLevels[step % 6] ?? 0;
	return [level(Math.floor((index - 16) / 36)), level(Math.floor((index - 16) / 6)), level(index - 16)];
};

const grey = (level: number): Channels => [level, level, level];

const nearestOf256 = (channels: Channels): number => {
	const [red, green, blue] = channels.map(nearestLevel);
	const cube = 16 + (red ?? 0) * 36 + (green ?? 0) * 6 + (blue ?? 0);
	const mean = (channels[0] + channels[1] + channels[2]) / 3;
	const shade = 232 + Math.min(23, Math.max(0, Math.round((mean - 8) / 10)));
	return distance(channels, paletteChannels(cube)) <= distance(channels, paletteChannels(shade))
		? cube
		: shade;
};

const nearestLevel = (channel: number): number => {
	let best = 0;
	for (const [step, level] of cubeLevels.entries()) {
		if (Math.abs(level - channel) < Math.abs((cubeLevels[best] ?? 0) - channel)) best = step;
	}
	return best;
};

// The usual palette; people change it, but light stays light and red stays red.
const basic: readonly Channels[] = [
	...[grey(0), [205, 0, 0], [0, 205, 0], [205, 205, 0], [0, 0, 238], [205, 0, 205], [0, 205, 205], grey(229)],
	...[
		grey(127),
		[255, 0, 0],
		[0, 255, 0],
		[255, 255, 0],
		[92, 92, 255],
		[255, 0, 255],
		[0, 255, 255],
		grey(255),
	],
] as Channels[];

const nearestOf16 = (channels: Channels): number => {
	const distances = basic.map(candidate => distance(channels, candidate));
	return distances.indexOf(Math.min(...distances));
};

const distance = (left: Channels, right: Channels): number =>
	(left[0] - right[0]) ** 2 + (left[1] - right[1]) ** 2 + (left[2] - right[2]) ** 2;
