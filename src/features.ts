// The experimental features: what exists, what it means, and when a change acts.

export const features = [
	{
		key: 'background_terminal',
		name: 'Background terminal',
		summary: 'The model runs commands in terminals that keep running, reads them and types into them.',
		stage: 'beta',
		isOnByDefault: true,
		acts: 'next turn',
	},
	{
		key: 'wake_on_exit',
		name: 'Wake on exit',
		summary: 'A terminal that ends while the model is idle starts a turn, at most 3 in a row without you.',
		stage: 'experimental',
		isOnByDefault: false,
		acts: 'now',
	},
	{
		key: 'keep_terminals',
		name: 'Keep terminals',
		summary: 'Quitting keeps running terminals without asking.',
		stage: 'experimental',
		isOnByDefault: false,
		acts: 'now',
	},
] as const satisfies readonly FeatureRow[];

type FeatureRow = {
	key: string;
	name: string;
	/** One sentence. */
	summary: string;
	stage: 'experimental' | 'beta' | 'stable';
	isOnByDefault: boolean;
	acts: 'now' | 'next turn';
};

export type FeatureKey = (typeof features)[number]['key'];

export const defaultFeatures = (): Record<FeatureKey, boolean> => ({
	background_terminal: true,
	wake_on_exit: false,
	keep_terminals: false,
});
