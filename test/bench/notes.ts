// Why a goal is missed and what would come next, by row: printed below the table as long as the row misses it.
export const notes: Readonly<Record<number, string>> = {};
