import { sql, type SQL } from 'drizzle-orm';
import { counterOf } from '../../inbox/counters.ts';

/** Up to which sequence number the log is pruned. */
export function prunedSeq(): SQL {
  return counterOf('log_pruned_seq');
}

/**
 * The receipts of an event, over the alias `e`; null where the log is pruned: what stays of them in the
 * row then (see prune.ts) is not to be seen any more.
 */
export function keptReceipts(): SQL {
  return sql`iif(e.seq > ${prunedSeq()}, e.receipts, null)`;
}
