/** "a, b, c"; of many, the first and how many more there are. */
export const listed = (words: readonly string[], most = 10): string =>
	words.length <= most
		? words.join(', ')
		: `${words.slice(0, most).join(', ')} and ${words.length - most} more`;
