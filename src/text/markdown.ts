// Markdown as rows of styled text for a width. It survives what models write while they are still writing, and
// what somebody writes to hurt: its depth and size are bounded, and whatever it cannot take is shown as it is.
import {lexer, type Token, type Tokens} from 'marked';
import type {Style} from '../host/protocol.js';
import {sanitise} from './sanitise.js';
import {styled} from './sgr.js';
import {tableRows} from './table.js';
import {width} from './width.js';
import {wrap} from './wrap.js';

export type MarkdownTheme = {heading: Style; code: Style; link: Style; muted: Style};

export const defaultTheme: MarkdownTheme = {
	heading: {bold: true, fg: 6},
	code: {fg: 3},
	link: {underline: true},
	muted: {dim: true},
};

// Beyond this nobody reads it formatted, and the parser's worst cases would be felt.
const longestText = 200_000;
const deepestNesting = 12;
// The parser's time grows with the square of such runs (`[[[[…`, `****…`) and of the marks in one paragraph, and
// with the depth of lists; prose and code have none of these.
const hostileRun = /([[\]*_<`~(!&:|>#+-])(?:\s?\1){199}/;
const deepList = /^ {40,}(?:[-*+]|\d{1,9}[.)]) /m;
const mostMarks = 1_000;

/** Rows no wider than `columns` (from 1); links show where they lead. The text may be unfinished or hostile. */
export const markdown = (text: string, columns: number, theme: MarkdownTheme = defaultTheme): string[] => {
	const clean = sanitise(text);
	const tokens = parse(clean);
	if (!tokens) return wrap(clean, columns);
	return blockRows(tokens, {columns: Math.max(1, columns), theme, depth: 0});
};

// The last block may still become another (a heading by its underline, a longer list): the last three are open.
const openBlocks = 3;

/** The same for a text that grows: blocks that are finished are not set again. One for each text. */
export const createMarkdown = (theme: MarkdownTheme = defaultTheme) => {
	let finished: {text: string; columns: number; rows: string[]} = {text: '', columns: 0, rows: []};

	return (text: string, columns: number): string[] => {
		const clean = sanitise(text);
		if (columns !== finished.columns || !clean.startsWith(finished.text)) {
			finished = {text: '', columns, rows: []};
		}
		const frame = {columns: Math.max(1, columns), theme, depth: 0};
		const rest = clean.slice(finished.text.length);
		const tokens = parse(rest);
		if (!tokens) return joined(finished.rows, wrap(rest, columns));
		const closed = tokens.slice(0, -openBlocks);
		const closedText = closed.map(({raw}) => raw).join('');
		if (closed.length === 0 || !rest.startsWith(closedText)) {
			return joined(finished.rows, blockRows(tokens, frame));
		}
		const rows = joined(finished.rows, blockRows(closed, frame));
		finished = {text: finished.text + closedText, columns, rows};
		return joined(rows, blockRows(tokens.slice(-openBlocks), frame));
	};
};

const joined = (before: string[], after: string[]): string[] => {
	if (before.length === 0) return after;
	return after.length === 0 ? before : [...before, '', ...after];
};

const parse = (text: string): Token[] | undefined => {
	if (text.length > longestText || isHostile(text)) return undefined;
	try {
		return lexer(text);
	} catch {
		// Nested deeper than the stack: shown as it was written.
		return undefined;
	}
};

const isHostile = (text: string): boolean =>
	hostileRun.test(text) ||
	deepList.test(text) ||
	text.split(/\n[ \t]*\n/).some(paragraph => (paragraph.match(/[_*~`[\]]/g)?.length ?? 0) > mostMarks);

type Frame = {columns: number; theme: MarkdownTheme; depth: number};

const blockRows = (tokens: readonly Token[], frame: Frame): string[] => {
	const rows: string[] = [];
	for (const token of tokens) {
		const block = tokenRows(token, frame);
		if (block.length === 0) continue;
		// An item's first text and what follows it (a nested list) stand together.
		if (rows.length > 0 && token.type !== 'text' && !(token.type === 'list' && frame.depth > 0))
			rows.push('');
		for (const row of block) rows.push(row);
	}
	return rows;
};

const tokenRows = (token: Token, frame: Frame): string[] => {
	const {columns, theme, depth} = frame;
	if (depth > deepestNesting) return wrap(token.raw.trimEnd(), columns);
	switch (token.type) {
		case 'space':
		case 'def':
			return [];
		case 'heading':
			return wrap(inline(token.tokens ?? [], theme, theme.heading), columns);
		case 'code':
			return codeRows(token.text, frame);
		case 'blockquote':
			return quoteRows(token.tokens ?? [], frame);
		case 'list':
			return listRows(token as Tokens.List, frame);
		case 'hr':
			return [styled('─'.repeat(Math.min(columns, 40)), theme.muted)];
		case 'table':
			return table(token as Tokens.Table, frame);
		case 'paragraph':
		case 'text':
			return wrap(inline(token.tokens ?? [token], theme, {}), columns);
		default:
			return wrap(token.raw.trimEnd(), columns);
	}
};

// With fewer columns than this nothing is indented: the text needs them.
const narrow = 10;

const deeper = (frame: Frame, indent: number): Frame => ({
	...frame,
	columns: Math.max(1, frame.columns - indent),
	depth: frame.depth + 1,
});

const indented = (rows: readonly string[], prefix: string): string[] => rows.map(row => prefix + row);

const quoteRows = (tokens: readonly Token[], frame: Frame): string[] =>
	frame.columns < narrow
		? blockRows(tokens, deeper(frame, 0))
		: indented(blockRows(tokens, deeper(frame, 2)), styled('│ ', frame.theme.muted));

/** As they are, so that they can be copied: no frame, no indentation of ours. */
const codeRows = (code: string, {columns, theme}: Frame): string[] =>
	code
		.replaceAll('\t', '    ')
		.split('\n')
		.flatMap(line => wrap(styled(line, theme.code), columns));

const listRows = (list: Tokens.List, frame: Frame): string[] => {
	const first = typeof list.start === 'number' ? list.start : 1;
	return list.items.flatMap((item, index) => {
		const box = item.task ? (item.checked ? '[x] ' : '[ ] ') : '';
		const bullet = (list.ordered ? `${first + index}. ` : '• ') + box;
		const indent = width(bullet) + narrow <= frame.columns ? width(bullet) : 0;
		const content = item.tokens.filter(({type}) => type !== 'checkbox');
		const rows = blockRows(content, deeper(frame, indent));
		const [head = '', ...rest] = rows;
		const gap = list.loose && index > 0 ? [''] : [];
		if (indent === 0) return [...gap, ...wrap(bullet + head, frame.columns), ...rest];
		return [...gap, bullet + head, ...indented(rest, ' '.repeat(indent))];
	});
};

const table = ({header, rows, align}: Tokens.Table, {columns, theme}: Frame): string[] =>
	tableRows({
		header: header.map(cell => inline(cell.tokens, theme, {bold: true})),
		rows: rows.map(row => row.map(cell => inline(cell.tokens, theme, {}))),
		align,
		columns,
		rule: theme.muted,
	});

/** Text with styles; every piece opens and closes all of its own, so that nesting cannot end an outer style. */
const inline = (tokens: readonly Token[], theme: MarkdownTheme, style: Style, depth = 0): string =>
	tokens.map(token => inlineToken(token, theme, style, depth)).join('');

const inlineToken = (token: Token, theme: MarkdownTheme, style: Style, depth: number): string => {
	if (depth > deepestNesting) return styled(token.raw, style);
	const children = 'tokens' in token ? token.tokens : undefined;
	const within = (added: Style) => inline(children ?? [], theme, {...style, ...added}, depth + 1);
	switch (token.type) {
		case 'strong':
			return within({bold: true});
		case 'em':
			return within({italic: true});
		case 'del':
			return within({strikethrough: true});
		case 'codespan':
			return styled(token.text, {...style, ...theme.code});
		case 'br':
			return '\n';
		case 'link':
		case 'image':
			return link(token as Tokens.Link, theme, style, within);
		case 'text':
			return children ? within({}) : styled(decode(token.text), style);
		case 'escape':
			return styled(token.text, style);
		default:
			return styled(token.raw, style);
	}
};

const link = (
	{text, href}: Tokens.Link,
	theme: MarkdownTheme,
	style: Style,
	within: (added: Style) => string,
): string => {
	const target = shownTarget(href);
	const label = within(theme.link) || styled(text, {...style, ...theme.link});
	if (text === href || text === target || `mailto:${text}` === href) return label;
	return label + styled(` (${target})`, {...style, ...theme.muted});
};

// Long enough for the host and what one recognises a page by.
const longestTarget = 80;

/** Where a link really leads: other alphabets in a host's name come out as `xn--…`. */
const shownTarget = (href: string): string => {
	const target = URL.canParse(href) ? new URL(href).href : href;
	return target.length > longestTarget ? `${target.slice(0, longestTarget - 1)}…` : target;
};

const entities: Record<string, string> = {
	'&lt;': '<',
	'&gt;': '>',
	'&amp;': '&',
	'&quot;': '"',
	'&#39;': "'",
};

const decode = (text: string): string =>
	text.replaceAll(/&(?:lt|gt|amp|quot|#39);/g, entity => entities[entity] ?? entity);
