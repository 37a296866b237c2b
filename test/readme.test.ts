// What a stranger can call by its name stands in the README.
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {commands} from '../commands/index.js';
import {approvalModes} from '../src/approval-modes.js';
import {verbNames} from '../src/cli/verbs.js';
import {features} from '../src/features.js';

const readme = readFileSync('README.md', 'utf8');

test.for(commands.map(({name}) => name))('the README names /%s', name => {
	expect(readme).toContain(`\`/${name}\``);
});

test.for(verbNames)('the README names tandem %s', name => {
	expect(readme).toMatch(new RegExp(`\\btandem ${name}\\b`));
});

test.for([...Object.keys(approvalModes), ...features.map(({key}) => key)])('the README names %s', name => {
	expect(readme).toContain(`\`${name}\``);
});

describe('links between the pages', () => {
	const pages = [
		'README.md',
		'ARCHITECTURE.md',
		'CONTRIBUTING.md',
		'assets/docs/session.md',
		'assets/docs/protocol.md',
	];
	test.for(pages)('%s links to files that are there', page => {
		const targets = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
			([, target]) => target ?? '',
		);
		expect(targets.filter(target => !existsSync(join(dirname(page), target)))).toEqual([]);
	});

	test('what ARCHITECTURE names as a file is one', () => {
		const named = [
			...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(
				/`((?:src|components|commands|assets|test)\/[\w./-]+)`/g,
			),
		];
		expect(named.map(([, file]) => file ?? '').filter(file => !existsSync(file))).toEqual([]);
	});
});
