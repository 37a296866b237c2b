// Going back to earlier messages, with what was being typed kept. Pure; who stores the messages is not known here.

export type History = {
	/** Oldest first. */
	readonly messages: readonly string[];
	/** Which one is shown; undefined while the person's own text is. */
	readonly shown: number | undefined;
	/** What was being typed before going back. */
	readonly draft: string;
};

// A file of these is read at the start.
const mostMessages = 1_000;

export const historyOf = (messages: readonly string[]): History => ({
	messages: messages.slice(-mostMessages),
	shown: undefined,
	draft: '',
});

/** A message was sent. The same one twice in a row is one. */
export const remember = ({messages}: History, message: string): History =>
	historyOf(message.trim() === '' || messages.at(-1) === message ? messages : [...messages, message]);

/** What was said in a conversation comes last, so that one comes to it first. */
export const withConversation = ({messages}: History, said: readonly string[]): History => {
	const own = new Set(said);
	const others = messages.filter(message => !own.has(message));
	return said.slice(-mostMessages).reduce(remember, historyOf(others));
};

/** The message before the one shown; undefined when there is none. `current` is what stands in the composer. */
export const older = (history: History, current: string): {history: History; text: string} | undefined => {
	const {messages, shown} = history;
	const index = (shown ?? messages.length) - 1;
	const text = messages[index];
	if (text === undefined) return undefined;
	return {history: {messages, shown: index, draft: shown === undefined ? current : history.draft}, text};
};

/** The message after the one shown, in the end the draft; undefined when the draft is shown already. */
export const newer = ({messages, shown, draft}: History): {history: History; text: string} | undefined => {
	if (shown === undefined) return undefined;
	const text = messages[shown + 1];
	if (text === undefined) return {history: {messages, shown: undefined, draft: ''}, text: draft};
	return {history: {messages, shown: shown + 1, draft}, text};
};

export type Found = {text: string; index: number; start: number};

/** Messages that contain the query, newest first, each text once. Letters in lower case match both cases. */
export const searchHistory = ({messages}: History, query: string): Found[] => {
	if (query === '') return [];
	const isExact = query !== query.toLowerCase();
	const seen = new Set<string>();
	const found: Found[] = [];
	for (const [index, text] of [...messages.entries()].reverse()) {
		const start = (isExact ? text : text.toLowerCase()).indexOf(query);
		if (start === -1 || seen.has(text)) continue;
		seen.add(text);
		found.push({text, index, start});
	}
	return found;
};
