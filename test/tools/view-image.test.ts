import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {viewImage} from '../../src/tools/view-image.js';
import {createContext, temporaryFolder} from './context.js';

const tool = viewImage();
const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);

test('an image goes with the answer as it is in the file, by what it is and not by its name', async () => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, 'shot.jpg'), png);
	expect(await tool.run({path: 'shot.jpg'}, createContext(folder))).toEqual({
		output: `shot.jpg: PNG image of ${png.length} bytes, shown with this answer.`,
		images: [{name: 'shot.jpg', mediaType: 'image/png', data: png.toString('base64')}],
		display: {outcome: `PNG, ${png.length} bytes`},
	});
});

test('what is no image, too large, or not there is said', async () => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, 'a.png'), '<svg/>');
	await writeFile(join(folder, 'b.png'), Buffer.concat([png, Buffer.alloc(6_000_000)]));
	const run = async (path: string) => tool.run({path}, createContext(folder));
	expect(await run('a.png')).toMatchObject({
		isError: true,
		output: 'a.png is no PNG, JPEG, GIF or WebP image.',
	});
	expect((await run('b.png')).output).toMatch(/^b\.png has 60000\d\d bytes; at most 5242880/);
	expect((await run('c.png')).output).toMatch(/^c\.png does not exist/);
	expect((await run('.')).output).toBe('. is a folder.');
});

test('outside the workspace it asks', async () => {
	const folder = await temporaryFolder();
	expect(await tool.approval?.({path: 'a.png'}, createContext(folder))).toBeUndefined();
	expect(await tool.approval?.({path: '/etc/logo.png'}, createContext(folder))).toMatchObject({kind: 'read'});
});
