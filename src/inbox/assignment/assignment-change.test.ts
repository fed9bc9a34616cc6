import { describe, expect, it } from 'vitest';
import { assignmentChange } from './assignment-change.ts';

const OF_SEVEN = { assigned_user_id: 7, assigned_group_id: null };
const STAYS = { userId: undefined, groupId: undefined };

describe('a wish to assign a chat', () => {
  it.each([
    ['nothing', STAYS],
    ['whose it is already', { userId: 7, groupId: undefined }],
    ['nobody where it is nobody’s', { userId: undefined, groupId: null }],
  ])('changes nothing where it names %s', (_name, wish) => {
    expect(assignmentChange(OF_SEVEN, wish)).toBeUndefined();
  });

  it('sets one and clears the other, and leaves alone what it does not name', () => {
    expect(assignmentChange(OF_SEVEN, { userId: null, groupId: 3 })).toEqual({
      before: OF_SEVEN,
      after: { assigned_user_id: null, assigned_group_id: 3 },
      userSet: null,
      userWasCleared: true,
      groupSet: 3,
      groupWasCleared: false,
    });
    expect(assignmentChange(OF_SEVEN, { userId: 8, groupId: undefined })).toMatchObject({
      after: { assigned_user_id: 8, assigned_group_id: null },
      userSet: 8,
      userWasCleared: false,
      groupWasCleared: false,
    });
  });
});
