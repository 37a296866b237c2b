// Prints one plain closing line of totals. With CI set a skipped test is a failure.
import type {Reporter, TestModule} from 'vitest/node';

export const totalsReporter = (): Reporter => ({
	onTestRunEnd(modules: readonly TestModule[], errors) {
		const count = {passed: 0, failed: errors.length, skipped: 0};
		for (const module of modules) {
			// A file that does not even load has no tests to count.
			if (module.state() === 'failed' && [...module.children.allTests()].length === 0) count.failed += 1;
			for (const test of module.children.allTests()) {
				const {state} = test.result();
				if (state === 'passed' || state === 'failed') count[state] += 1;
				else count.skipped += 1;
			}
		}
		process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
		if (process.env.CI && count.skipped > 0) {
			process.stdout.write('With CI set every test must run.\n');
			process.exitCode = 1;
		}
	},
});
