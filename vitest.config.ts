import {readFileSync} from 'node:fs';
import {defineConfig} from 'vitest/config';
import {totalsReporter} from './test/support/totals-reporter.js';

export default defineConfig({
	plugins: [
		{
			name: 'text-assets',
			enforce: 'pre',
			load(id) {
				if (id.endsWith('.md') || id.endsWith('.sh')) {
					return `export default ${JSON.stringify(readFileSync(id, 'utf8'))}`;
				}
			},
		},
	],
	// The tests run with the production build of React, which knows no development JSX.
	oxc: {jsx: {runtime: 'automatic', development: false}},
	test: {
		reporters: ['default', totalsReporter()],
		include: ['test/**/*.test.{ts,tsx}'],
		// Real terminals and real servers: a machine under load is slow, not wrong.
		// They mostly wait, for programs and for what must not happen: more at once than processors.
		maxWorkers: 3,
		testTimeout: 60_000,
		hookTimeout: 60_000,
		env: {NODE_ENV: 'production', FORCE_COLOR: '1'},
	},
});
