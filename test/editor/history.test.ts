import {expect, test} from 'vitest';
import {
	historyOf,
	newer,
	older,
	remember,
	searchHistory,
	withConversation,
} from '../../src/editor/history.js';

test('going back and forth ends at the draft', () => {
	const start = historyOf(['one', 'two']);
	const back = older(start, 'draft');
	expect(back?.text).toBe('two');
	const further = back && older(back.history, 'two');
	expect(further?.text).toBe('one');
	expect(further && older(further.history, 'one')).toBeUndefined();
	const forth = further && newer(further.history);
	expect(forth?.text).toBe('two');
	const end = forth && newer(forth.history);
	expect(end?.text).toBe('draft');
	expect(end && newer(end.history)).toBeUndefined();
});

test('a message sent again at once is remembered once, an empty one not at all', () => {
	const history = remember(remember(remember(historyOf([]), 'a'), 'a'), '  ');
	expect(history.messages).toEqual(['a']);
});

test('a search finds the newest first, each text once, and minds capitals only if there are any', () => {
	const history = historyOf(['npm test', 'git log', 'NPM run', 'npm test']);
	expect(searchHistory(history, 'npm')).toEqual([
		{text: 'npm test', index: 3, start: 0},
		{text: 'NPM run', index: 2, start: 0},
	]);
	expect(searchHistory(history, 'NPM').map(({text}) => text)).toEqual(['NPM run']);
	expect(searchHistory(history, '')).toEqual([]);
});

test('what was said in a conversation is gone back to first, each message once', () => {
	const history = withConversation(historyOf(['a', 'of it', 'b']), ['of it', '', 'last of it', 'last of it']);
	expect(history.messages).toEqual(['a', 'b', 'of it', 'last of it']);
});
