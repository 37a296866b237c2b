// A rectangle of finished rows. One text node, so that layout costs the same for two rows and for two hundred.
import {Box, Text} from 'ink';
import {memo} from 'react';
import {exactly} from '../lines.js';

export const Rows = memo(
	({rows, width, height}: {rows: readonly string[]; width: number; height: number}) => (
		<Box width={width} height={height} flexShrink={0}>
			<Text wrap="truncate">{exactly(rows, height).join('\n')}</Text>
		</Box>
	),
);
