// What an approval would run, whole and with every invisible character shown. Pure.
import type {Approval} from '../src/events.js';
import {sanitiseStrictly} from '../src/text/sanitise.js';
import {broken} from './lines.js';
import {theme} from './theme.js';

type Look = (text: string) => string;

export const approvalTitle = ({subject, toolName}: Approval): string => {
	switch (subject.kind) {
		case 'command':
			return toolName === 'exec_command' ? 'Run this in a terminal?' : 'Run this?';
		case 'typing':
			return `Type this into ${strict(subject.terminalName)} (${subject.terminalId})?`;
		case 'patch':
			return 'Make these changes?';
		case 'read':
			return 'Read this file?';
	}
};

/** All of it, for a width; nothing is cut. A diff may be long: its rows are made once. */
export const approvalRows = (approval: Approval, width: number): string[] => {
	const known = made.get(approval);
	if (known?.width === width) return known.rows;
	const rows = subjectRows(approval, width);
	made.set(approval, {width, rows});
	return rows;
};

const made = new WeakMap<Approval, {width: number; rows: string[]}>();

const subjectRows = ({subject}: Approval, width: number): string[] => {
	switch (subject.kind) {
		case 'command':
			return [
				...shown(subject.cmd, width, ' $ ', theme.strong),
				...shown(subject.cwd, width, '   in ', theme.dim),
				...Object.entries(subject.env ?? {}).flatMap(([name, value]) =>
					shown(`${name}=${value}`, width, '   with ', theme.plain),
				),
				...(subject.justification
					? shown(subject.justification, width, '   the model says: ', theme.plain)
					: []),
			];
		case 'typing':
			return [
				...(subject.text === '' ? [] : shown(subject.text, width, ' » ', theme.strong)),
				...(subject.keys.length === 0 ? [] : shown(subject.keys.join(' '), width, '   keys: ', theme.strong)),
				...shown(subject.program, width, '   the program there: ', theme.dim),
			];
		case 'patch':
			return [
				...subject.files.flatMap(({path, change}) => shown(path, width, `   ${change} `, theme.strong)),
				...subject.diff.split('\n').flatMap(line => shown(line, width, '   ', diffLook(line))),
			];
		case 'read':
			return [
				...shown(subject.path, width, '   ', theme.strong),
				...shown(subject.reason, width, '   ', theme.dim),
			];
	}
};

const strict = (text: string): string => sanitiseStrictly(text.replaceAll('\n', ' '));

const shown = (text: string, width: number, label: string, look: Look): string[] =>
	sanitiseStrictly(text)
		.split('\n')
		.flatMap(line => broken(line, Math.max(4, width - label.length - 1)))
		.map((row, index) => theme.dim(index === 0 ? label : ' '.repeat(label.length)) + look(row));

const diffLook = (line: string): Look => {
	if (line.startsWith('+')) return theme.good;
	return line.startsWith('-') ? theme.bad : theme.dim;
};
