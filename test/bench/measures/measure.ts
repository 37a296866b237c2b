// One scenario: a session of an agent from its start to its end, and the rows that are read off it.
import type {Agent} from '../agents.js';
import type {Samples} from '../samples.js';
import type {Talk} from '../talk.js';

export type Measure = {
	rows: readonly number[];
	/** How often it is repeated unless the command line says otherwise. */
	runs: number;
	/** Rows that ask nothing of anybody else are measured with tandem alone. */
	isTandemOnly?: boolean;
	run(context: MeasureContext): Promise<void>;
	/** The same work without an agent, once a run. */
	bare?(samples: Samples, isWanted: (row: number) => boolean): Promise<void>;
};

export type MeasureContext = {agent: Agent; talk: Talk; samples: Samples; isWanted(row: number): boolean};
