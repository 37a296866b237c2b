// How a person may want to be told that a terminal ended while they looked elsewhere.
export const notifyKinds = ['off', 'bell', 'osc9', 'osc777', 'osc99'] as const;
export type Notify = (typeof notifyKinds)[number];
