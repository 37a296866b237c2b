// "Address already in use" is explained when the holder is one of our terminals.
import type {Host, Reading} from '../host/host.js';

const conflictPattern =
	/EADDRINUSE|address (?:is )?already in use|port \d+ is (?:already )?(?:in use|taken)/i;

/** Remarks for the answer; none if there is no conflict, or nobody of ours holds the port. */
export const explainPortConflict = async (host: Host, {lines, terminal}: Reading): Promise<string[]> => {
	if (!lines.some(({text}) => conflictPattern.test(text))) return [];
	const numbers = new Set(lines.flatMap(({text}) => text.match(/\b\d{2,5}\b/g) ?? []));
	const others = (await host.list()).filter(({id}) => id !== terminal.id);
	return others.flatMap(({id, name, ports}) =>
		ports
			.filter(({port}) => numbers.has(String(port)))
			.map(({port}) => `Note: port ${port} is held by terminal ${id} (${name})`),
	);
};
