import { expect, it } from 'vitest';
import { readGroupUpdates } from './group-updates.ts';

const GROUP = { group_id: 'g', timestamp: 100 };

it('reads members by whatever names them', () => {
  const removed_participants = [
    { wa_id: '481', input: '+481' },
    { input: '+48 (2)-3' },
    { input: 'US.5' },
    { user_id: 'US.6', username: 'x' },
    {},
    null,
  ];
  const [update] = readGroupUpdates('group_participants_update', {
    groups: [{ ...GROUP, removed_participants }],
  });
  expect(update?.removed.map(({ participant }) => participant)).toEqual([
    '481',
    '4823',
    'US.5',
    'US.6',
  ]);
});

it.each([
  ['a field of its own', 'messages', { groups: [GROUP] }],
  ['an id', 'group_status_update', { groups: [{ type: 'group_suspend' }] }],
  ['a list', 'group_status_update', { groups: 'x' }],
])('reads nothing where there is not %s', (_name, field, value) => {
  expect(readGroupUpdates(field, value)).toEqual([]);
});
