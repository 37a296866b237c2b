// The first row: where one is, and with whom one talks.
import {headerRow} from './header-row.js';
import {useSlice} from './hooks/use-tandem.js';
import {Rows} from './ui/Rows.js';

export const Header = ({width}: {width: number}) => {
	const workspace = useSlice(state => state.session.workspace);
	const model = useSlice(state => state.model);
	const usage = useSlice(state => state.usage);
	return <Rows rows={[headerRow(workspace, model, usage, width)]} width={width} height={1} />;
};
