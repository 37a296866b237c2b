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
	// 32 of 512 KiB, and what comes before it is known for a flood.
	expect(blocks).toBeLessThan(32 + 200);
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

test('a block stays as it is until it is done with, and is filled anew after that', () => {
	const full: {block: Uint8Array; copy: Buffer; done(): void}[] = [];
	const gather = createGather((block, done) => {
		if (block.length === 524_288) full.push({block, copy: Buffer.from(block), done});
	});
	const fillBlock = () => {
		const index = full.length;
		const bytes = Buffer.alloc(65_536, String(index));
		// On a busy machine the first ones do not make a flood.
		for (let reads = 0; full.length === index && reads < 1_000; reads++) gather.push(bytes);
		const taken = full[index];
		if (!taken) throw new Error('No block was filled.');
		return taken;
	};
	const [first, second] = [fillBlock(), fillBlock()];
	first.done();
	const third = fillBlock();
	expect(third.block.buffer === first.block.buffer).toBe(true);
	expect(second.copy.equals(second.block)).toBe(true);
	expect(third.copy.equals(third.block)).toBe(true);
	gather.flush();
});

test('a block that is done with once the flood is over is not kept', async () => {
	const full: {block: Uint8Array; done(): void}[] = [];
	const gather = createGather((block, done) => {
		if (block.length === 524_288) full.push({block, done});
	});
	const fillBlock = () => {
		const {length} = full;
		for (let reads = 0; full.length === length && reads < 1_000; reads++) gather.push(Buffer.alloc(65_536));
		const taken = full.at(-1);
		if (!taken || full.length === length) throw new Error('No block was filled.');
		return taken;
	};
	const first = fillBlock();
	gather.flush();
	// Timers of one length run in the order in which they were set.
	await new Promise(resolve => setTimeout(resolve, 25));
	first.done();
	expect(fillBlock().block.buffer === first.block.buffer).toBe(false);
});

test('a little output is taken at once', () => {
	const taken: string[] = [];
	const gather = createGather(block => taken.push(Buffer.from(block).toString()));
	gather.push(Buffer.from('one'));
	gather.push(Buffer.from('two'));
	expect(taken).toEqual(['one', 'two']);
});
