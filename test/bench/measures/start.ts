// Rows 1 to 3: from the start of the program to what a person can do with it.
import type {Measure} from './measure.js';

export const start: Measure = {
	rows: [1, 2, 3],
	runs: 11,
	async run({agent, samples}) {
		const startedAt = performance.now();
		const elapsed = () => performance.now() - startedAt;
		const {screen, end} = agent.start();
		const ready = screen.sees(agent.ready).then(elapsed);
		await screen.sees(agent.painted);
		samples.add(agent.name, 1, elapsed());
		screen.type('q');
		await screen.sees(/^ ?› q/m);
		samples.add(agent.name, 2, elapsed());
		samples.add(agent.name, 3, await ready);
		samples.remark(
			3,
			'ready is when the model is named on the screen; that the host is connected shows nowhere',
		);
		await end();
	},
};
