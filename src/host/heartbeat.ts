// Whether the other side still turns its event loop. Told by silence only: it must not know what is pinged.

export type Heartbeat = {
	/** A sign of life has come. */
	beat(): void;
	stop(): void;
};

export type HeartbeatOptions = {
	/** Asks for a sign of life. */
	ping(): void;
	/** Nothing came for `2 × intervalMs`; once per silence. */
	onSilent(): void;
	/** The first sign after that. */
	onBack(): void;
	/** Default 5 s: a hung host is told within 11 s. */
	intervalMs?: number;
	now?: () => number;
};

export const createHeartbeat = (options: HeartbeatOptions): Heartbeat => {
	const {ping, onSilent, onBack, intervalMs = 5_000, now = Date.now} = options;
	let missed = 0;
	let isSilent = false;
	let due = now() + intervalMs;
	const timer = setInterval(() => {
		// A timer this late means that we ourselves were stopped or asleep: the other side was not asked.
		const wasAsleep = now() - due > intervalMs / 2;
		due = now() + intervalMs;
		missed = wasAsleep ? 0 : missed;
		if (missed > 0 && !isSilent) {
			isSilent = true;
			onSilent();
		}
		missed++;
		ping();
	}, intervalMs);
	return {
		beat() {
			missed = 0;
			if (!isSilent) return;
			isSilent = false;
			onBack();
		},
		stop: () => clearInterval(timer),
	};
};
