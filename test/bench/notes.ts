// Why a goal is missed and what would come next, by row: printed below the table as long as the row misses it.
export const notes: Readonly<Record<number, string>> = {
	1: 'the launcher and the start of Node take most of it; next: a smaller entry',
	4: 'the command’s own shell and the way to the model and back take most of it, and every hundred milliseconds a frame that Ink renders meanwhile; next: that frame after the request has gone out',
	6: 'a port must have stayed open for 200 ms and is looked for every 50; a busy machine adds the rest; next: the socket tables read from their listening part only',
	7: 'a frame of Ink takes most of it, and the clock of the turn is often told anew in the same moment; next: frames that lay out only the rows that changed',
	8: 'two Nodes, one for the window and one for the host, take half of it before they do anything; next: fewer modules that are loaded before they are used',
	9: 'every running terminal keeps its emulator; next: quiet ones hibernated',
	11: 'the kernel is asked every two seconds how many sockets there are, the sixteen process trees every half a minute what they use, and window and host ask each other for a sign of life every five seconds; next: less often the longer nothing moves',
	12: 'the kernel, the program, the host and the window, which paints the last lines five times a second, share two processors; half of the two seconds that the host takes of one are 50,000 reads of 4 KiB; next: the emulator is fed the last screenful of a flood only when somebody looks',
	13: 'what the host takes beyond the bare reading are mostly files: segments of 1 MiB that are made, filled and dropped again, and waited for where the disk is busy; next: segments that are written over instead',
	14: 'eight floods, the host and the window share two processors; next: the host runs at a lower priority while it parses floods',
	16: 'a log of 10,000 entries is read, checked and folded before the first frame of it; next: its end first',
};
