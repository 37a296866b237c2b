// The limits of what a call may ask for. A value outside is not refused, but the answer says what was used.

export type Clamped = {value: number; remarks: string[]};

const limits = {
	/** A command or input: the model can look again. */
	plain: {least: 250, most: 30_000},
	/** It says what it waits for. */
	until: {least: 250, most: 600_000},
	/** Looking without input: shorter would be polling. */
	look: {least: 5_000, most: 300_000},
};

const defaultYieldMs = 10_000;

export const clampYield = (asked: number | undefined, kind: keyof typeof limits): Clamped =>
	clamp('yield_time_ms', asked ?? defaultYieldMs, limits[kind]);

/** For the one call that has no terminal to come back to. */
export const clampTimeout = (asked: number | undefined): Clamped =>
	clamp('timeout_ms', asked ?? 120_000, {least: 250, most: 600_000});

/** Tokens. More than the upper limit would fill the context of a small model at once. */
export const clampBudget = (asked: number | undefined): Clamped =>
	clamp('max_output_tokens', asked ?? 10_000, {least: 50, most: 50_000});

const clamp = (field: string, asked: number, {least, most}: {least: number; most: number}): Clamped => {
	const value = Math.round(Math.min(most, Math.max(least, asked)));
	if (value === Math.round(asked)) return {value, remarks: []};
	return {value, remarks: [`Note: ${field} was ${asked}, ${value} was used (allowed: ${least} to ${most})`]};
};
