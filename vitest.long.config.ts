// `npm run test:long`: what takes longer than the suite may. TANDEM_LONG=short is the form that every change runs.
import {defineConfig, mergeConfig} from 'vitest/config';
import base from './vitest.config.js';

const config = mergeConfig(
	base,
	defineConfig({
		// One after the other: what they count and measure is not to be another's load.
		test: {testTimeout: 20 * 60_000, fileParallelism: false},
	}),
);
// Merging would add to the list of the suite's own tests.
export default {...config, test: {...config.test, include: ['test/long/**/*.long.ts']}};
