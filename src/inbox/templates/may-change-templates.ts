import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';

/**
 * Throws `forbidden` for someone who may write to nobody: templates are what messages are made of, and
 * whoever deletes one keeps the whole inbox from sending it.
 */
export function assertMayChangeTemplates(user: User): void {
  if (user.role === 'admin' || user.canWriteToChats !== 'none') return;
  throw new WaypostError('forbidden', 'You do not have permission to perform this action.');
}
