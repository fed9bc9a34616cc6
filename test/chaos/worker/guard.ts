import { connected, type Invocation } from './connections.ts';
import { withFaults, type FaultKind } from './faults.ts';

/** Makes a call to a platform service: counted as a connection, and failing as it was ordered. */
export type Guard = <Result>(
  kind: FaultKind,
  isRead: boolean,
  call: () => Promise<Result>,
) => Promise<Result>;

/** A guard that counts for the given invocation, or for whichever is current at the call. */
export function guardFor(invocation?: Invocation): Guard {
  return (kind, isRead, call) => connected(() => withFaults(kind, isRead, call), invocation);
}
