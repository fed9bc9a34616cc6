import type { Group, Role, Scope, User } from '../../auth/user.ts';

/** What a user looks like in the API, in lists, messages and webhooks alike (spec: retrieveUser). */
export interface ApiUser {
  url: string;
  id: number;
  username: string;
  first_name: string;
  last_name: string;
  email: string;
  profile: { role: Role; is_available: boolean };
  /** False before the account is activated, and once it is deactivated. */
  is_active: boolean;
  groups: Group[];
  permissions: { can_use_tags: boolean; can_read_chats: Scope; can_write_to_chats: Scope };
}

/** Shows a user; `baseUrl` is the `https://host` of the link to it. */
export function presentUser(user: User, baseUrl: string): ApiUser {
  return {
    url: `${baseUrl}/api/v1/users/${user.id}/`,
    id: user.id,
    username: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    email: user.email,
    profile: { role: user.role, is_available: user.isAvailable },
    is_active: user.isActive,
    groups: user.groups,
    permissions: {
      can_use_tags: user.canUseTags,
      can_read_chats: user.canReadChats,
      can_write_to_chats: user.canWriteToChats,
    },
  };
}
