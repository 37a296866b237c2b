import {expect, test} from 'vitest';
import {judge} from '../../src/agent/approval.js';
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

test('a call without a subject never asks, and nothing asks in the mode full', () => {
	expect(judge('ask', undefined)).toBe('allow');
	for (const subject of subjects) expect(judge('full', subject), subject.kind).toBe('allow');
});
