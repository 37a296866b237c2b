// Draws the pictures of the README anew: `npm run pictures`, or `npm run pictures -- ps` for one of them. The
// scenes of pictures.ts are played with the built program, and what its screen holds goes to assets/docs.
import {writeFileSync} from 'node:fs';
import {registerHooks} from 'node:module';
import {setTimeout as sleep} from 'node:timers/promises';

// Node runs TypeScript as it is, but does not find `x.ts` under the name `x.js`.
registerHooks({
	resolve: (specifier, context, next) => {
		const isOurs = specifier.startsWith('.') && !context.parentURL?.includes('/node_modules/');
		return next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
	},
});
const {drawPicture} = await import('./picture.js');
const {playScene, scenes, screenfulOf} = await import('./pictures.js');

/** What was asked for is on the screen; what follows from it needs a moment, such as a panel's last line. */
const restMs = 1_500;

const asked = process.argv.slice(2);
for (const [name, scene] of Object.entries(scenes)) {
	if (asked.length > 0 && !asked.includes(name)) continue;
	const screenful = await playScene(scene, async tandem => {
		await sleep(restMs);
		return screenfulOf(tandem);
	});
	writeFileSync(`assets/docs/${name}.svg`, drawPicture(screenful));
	process.stdout.write(`assets/docs/${name}.svg\n`);
}
