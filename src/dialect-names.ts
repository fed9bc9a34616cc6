/** The surfaces beside the first one, each of which a stack has or has not. */
export const OTHER_DIALECTS = ['chatapp', 'qontak', 'chattu'] as const;

/** The surfaces of the vendors whose clients and receivers are served. */
export const DIALECTS = ['getchat', ...OTHER_DIALECTS] as const;

/** A vendor's surface, in whose shapes a webhook gets its events. */
export type DialectName = (typeof DIALECTS)[number];

export type OtherDialect = (typeof OTHER_DIALECTS)[number];
