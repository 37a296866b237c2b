// The model looks at an image of the project, and still sees it after the conversation was left.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';

const stage = setStage();
const png =
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('an image reaches the model, is named in the transcript, and belongs to the session', async () => {
	writeFileSync(join(stage.place.folder, 'shot.png'), Buffer.from(png, 'base64'));
	const model = await stage.play([
		call('view_image', {path: 'shot.png'}),
		text('One pixel.'),
		text('Still one.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('look at shot.png');
	await tandem.sees(/Looked at shot\.png\n.*PNG, 70 bytes/);
	await tandem.sees('One pixel.');
	await model.nextRequest();
	const shown = expect.stringContaining(`data:image/png;base64,${png}`);
	expect(JSON.stringify((await model.nextRequest()).sent)).toEqual(shown);
	await tandem.submit('/quit');
	await tandem.ends();
	const again = await stage.open({args: ['resume', '--last', '--trust']});
	await again.submit('and now?');
	await again.sees('Still one.');
	expect(JSON.stringify((await model.nextRequest()).sent)).toEqual(shown);
});
