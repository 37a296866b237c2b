import {expect, test} from 'vitest';
import {createGather} from '../../src/host/gather.js';

const read = Buffer.alloc(4_096, 'x');

test('a flood of small reads is taken in few blocks, every byte of it', () => {
	let blocks = 0;
	let bytes = 0;
	const gather = createGather(block => {
		blocks++;
		bytes += block.length;
	});
	for (let index = 0; index < 4_096; index++) gather.push(read);
	gather.flush();
	expect(bytes).toBe(16 * 1_048_576);
	// 64 of 256 KiB, and what comes before it is known for a flood.
	expect(blocks).toBeLessThan(64 + 200);
});

test('what a flood leaves is taken without another read', async () => {
	let bytes = 0;
	const all = Promise.withResolvers<void>();
	const gather = createGather(block => {
		bytes += block.length;
		if (bytes === 20 * read.length) all.resolve();
	});
	for (let index = 0; index < 20; index++) gather.push(read);
	await all.promise;
});

test('a little output is taken at once', () => {
	const taken: string[] = [];
	const gather = createGather(block => taken.push(Buffer.from(block).toString()));
	gather.push(Buffer.from('one'));
	gather.push(Buffer.from('two'));
	expect(taken).toEqual(['one', 'two']);
});
