import type { User } from '../../auth/user.ts';
import type { Referral } from '../../waba/referral.ts';
import type { AssignmentFilter } from './assignment-filter.ts';

/** Which chats a list is about, beside those that its user may not read; what is not said leaves nothing out. */
export interface ChatFilter {
  user: User;
  /** Whether customers are left out with whom no message was exchanged. */
  isBegun: boolean;
  assigned?: AssignmentFilter | undefined;
  tagId?: number | undefined;
  isBlocked?: boolean | undefined;
  isReported?: boolean | undefined;
  /** Whether the user has not received all of the customer's messages. */
  isUnread?: boolean | undefined;
  /** Seconds; with a message of this time or later, and before. Where both are said, between the two. */
  sinceTime?: number | undefined;
  beforeTime?: number | undefined;
  /** What the customer came from; an empty one takes all who came from an ad or a post. */
  referral?: Referral | undefined;
}
