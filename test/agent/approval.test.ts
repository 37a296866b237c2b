import {expect, test} from 'vitest';
import {commandKey, judge} from '../../src/agent/approval.js';
import type {ApprovalSubject} from '../../src/agent/tool.js';

const subjects: ApprovalSubject[] = [
	{kind: 'command', cmd: 'ls', cwd: '/'},
	{kind: 'typing', terminalId: 1, terminalName: 'dev', program: 'sh', text: 'ls\n', keys: []},
	{kind: 'patch', files: [], diff: ''},
	{kind: 'read', path: '/etc/passwd', reason: 'outside'},
];

test('in the mode ask everything that names a subject asks', () => {
	for (const subject of subjects) expect(judge('ask', subject), subject.kind).toBe('ask');
});

test('in the modes ask and auto-edit harmless commands run', () => {
	const harmless: ApprovalSubject = {kind: 'command', cmd: 'ls', cwd: '/app', isHarmless: true};
	expect(judge('ask', harmless)).toBe('allow');
	expect(judge('auto-edit', harmless)).toBe('allow');
});

test('auto-edit lets patches through that stay inside the workspace, and nothing else', () => {
	const file = {path: 'src/a.ts', change: 'update'} as const;
	const patch = (...files: Extract<ApprovalSubject, {kind: 'patch'}>['files']): ApprovalSubject => ({
		kind: 'patch',
		files,
		diff: '',
	});
	expect(judge('auto-edit', patch(file))).toBe('allow');
	expect(judge('auto-edit', patch(file, {...file, path: '/etc/x', isOutside: true}))).toBe('ask');
	for (const subject of subjects.filter(({kind}) => kind !== 'patch')) {
		expect(judge('auto-edit', subject), subject.kind).toBe('ask');
	}
});

test('a command is the same when all of it is, whatever the model says to it', () => {
	const command = {kind: 'command', cmd: 'make', cwd: '/app', env: {A: '1', B: '2'}} as const;
	const key = commandKey(command);
	expect(commandKey({...command, env: {B: '2', A: '1'}, justification: 'again'})).toBe(key);
	expect(commandKey({...command, cmd: 'make '})).not.toBe(key);
	expect(commandKey({...command, cwd: '/app/x'})).not.toBe(key);
	expect(commandKey({...command, env: {A: '1', B: '3'}})).not.toBe(key);
});

test('a call without a subject never asks, and nothing asks in the mode full', () => {
	expect(judge('ask', undefined)).toBe('allow');
	for (const subject of subjects) expect(judge('full', subject), subject.kind).toBe('allow');
});
