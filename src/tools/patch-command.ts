// Models write patches as shell commands: `apply_patch <<'EOF' … EOF`. Those go to the patch tool instead.

export type PatchCommand = {
	patch: string;
	/** Of `cd FOLDER && apply_patch …`. */
	folder?: string;
};

// Nothing may stand before or after: what is more than a patch stays a command.
const heredoc =
	/^\s*(?:cd\s+(?<folder>'[^']+'|"[^"$`\\]+"|[\w@%+=:,./-]+)\s*&&\s*)?(?:apply_patch|applypatch)\s*<<(?<dash>-?)\s*(?<quote>['"]?)(?<end>\w+)\k<quote>[ \t]*\n(?<body>[\s\S]*?)\n(?<indent>[ \t]*)\k<end>\s*$/;
const quoted = /^\s*(?:apply_patch|applypatch)\s+(?:'(?<single>[^']*)'|"(?<double>[^"$`\\]*)")\s*$/;

/** The patch, if the whole command is nothing else. */
export const patchInCommand = (cmd: string): PatchCommand | undefined => {
	const groups = heredoc.exec(cmd)?.groups;
	if (groups?.body !== undefined) {
		const body = groups.dash ? groups.body.replace(/^\t+/gm, '') : groups.body;
		const folder = groups.folder?.replace(/^(['"])(.*)\1$/, '$2');
		return {patch: body, ...(folder !== undefined && {folder})};
	}
	const words = quoted.exec(cmd)?.groups;
	const patch = words?.single ?? words?.double;
	return patch?.includes('*** Begin Patch') ? {patch} : undefined;
};
