// Why a goal is missed and what would come next, by row: printed below the table as long as the row misses it.
export const notes: Readonly<Record<number, string>> = {
	1: 'the launcher and the start of Node take most of it; next: a smaller entry',
	4: 'each command costs a fork of the host, a leader and a shell, several looks at all processes, two records of a terminal that is forgotten at once, and often a frame that Ink renders meanwhile; next: one look for an ordinary end, the record written after the answer, no frame in so short a call',
	6: 'a port must have stayed open for 200 ms and is looked for every 50; a busy machine adds the rest; next: the socket tables read from their listening part only',
	7: 'the interrupted turn is saved before the composer is painted; next: paint first',
	9: 'every running terminal keeps its emulator; next: quiet ones hibernated',
	12: 'the kernel, the program and the host share two processors, and the host takes a string for each line; next: plain blocks go into the journal as bytes, lines are made when they are read',
	13: 'the host takes a string for each of 20 million lines; next: plain blocks go into the journal as bytes, lines are made when they are read',
};
