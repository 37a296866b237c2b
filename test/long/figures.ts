// Figures that the long tests measure: printed, and in their full size kept beside their goals in results.md.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';

/** TANDEM_LONG=short: the same tests with less of everything. */
export const isShort = process.env.TANDEM_LONG === 'short';

const file = 'test/long/results.md';
const head = `# What the long tests measured

Written by \`npm run test:long\` in its full size; a figure is no verdict, the tests are.

| what | figure | goal | day |
|---|---|---|---|
`;

/** `what` tells the figures apart: a later one replaces that of an earlier run. */
export const recordFigure = ({what, figure, goal}: {what: string; figure: string; goal: string}): void => {
	process.stdout.write(`${what}: ${figure} (goal: ${goal})\n`);
	if (isShort) return;
	const known = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(6) : [];
	const others = known.filter(line => line !== '' && !line.startsWith(`| ${what} |`));
	const line = `| ${what} | ${figure} | ${goal} | ${new Date().toISOString().slice(0, 10)} |`;
	writeFileSync(file, `${head}${[...others, line].sort().join('\n')}\n`);
};
