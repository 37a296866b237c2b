import {expect, test} from 'vitest';
import {cleanName, deriveName, makeUnique} from '../../src/host/names.js';

test.each([
	['npm run dev', 'dev'],
	['npm test -- --watch', 'test'],
	['yarn --silent build', 'build'],
	['pnpm dev', 'dev'],
	['make', 'make'],
	['make all', 'all'],
	['/usr/bin/vim notes.md', 'vim'],
	['PORT=3000 node server.js', 'node'],
	['cd web && npm run dev', 'dev'],
	['cd web', 'cd'],
	['sudo -n true', '-n'.replace('-', '')],
	['./scripts/serve.sh --fast', 'serve.sh'],
	['"my program" x', 'my'],
	['(', 'shell'],
])('%s is called %s', (cmd, name) => {
	expect(deriveName(cmd)).toBe(name);
});

test('a name holds nothing that a terminal obeys, and is never a number', () => {
	expect(cleanName('a\x1b[2Jb c\u202e')).toBe('a-2Jb-c');
	expect(cleanName('42')).toBe('t42');
	expect(cleanName('  ')).toBe('');
	expect(cleanName('x'.repeat(100))).toHaveLength(40);
});

test('a taken name gets a number', () => {
	expect(makeUnique('dev', new Set())).toBe('dev');
	expect(makeUnique('dev', new Set(['dev', 'dev-2']))).toBe('dev-3');
});
