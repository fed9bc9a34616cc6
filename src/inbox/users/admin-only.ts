import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';

/** Throws `forbidden`, in the service's words, where someone who is no admin does what only admins may. */
export function assertAdmin(user: User): void {
  if (user.role === 'admin') return;
  throw new WaypostError('forbidden', 'You do not have permission to perform this action.');
}
