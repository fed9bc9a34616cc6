import { describe, expect, it } from 'vitest';
import { WaypostError, type FieldProblems } from '../error.ts';
import {
  checkWebhook,
  completeDraft,
  type WebhookChange,
  type WebhookChecks,
} from './check-webhook.ts';
import type { Ordering } from './webhook.ts';

const ALL_PASS: WebhookChecks = {
  url: () => ({ ok: true }),
  headers: (headers) => ({
    ok: true,
    headers: Object.fromEntries(Object.entries(headers).map(([name, v]) => [name, String(v)])),
  }),
  dialects: {},
};

function problemsOf(
  change: WebhookChange,
  current?: { onCloudApi: boolean; ordering: Ordering },
  scope: Parameters<typeof checkWebhook>[2] = 'all',
  checks = ALL_PASS,
): FieldProblems | undefined {
  try {
    checkWebhook(change, current && { dialect: 'getchat', ...current }, scope, checks);
    return {};
  } catch (error) {
    return error instanceof WaypostError ? error.fields : undefined;
  }
}

describe('the rules for webhooks', () => {
  it('report every field that is wrong at once, in the words of the checks', () => {
    const checks: WebhookChecks = {
      url: () => ({ ok: false, reason: 'Bad URL.' }),
      headers: () => ({ ok: false, problems: ['Bad name.', 'Bad value.'] }),
      dialects: {},
    };
    const change = { url: 'x', headers: {}, fields: ['calls'] };
    expect(problemsOf(change, undefined, 'all', checks)).toEqual({
      url: ['Bad URL.'],
      headers: ['Bad name.', 'Bad value.'],
      fields: ['Only a webhook with on_cloud_api can be limited to some fields.'],
    });
  });

  it('refuse white space in a URL, which the URL parser would overlook', () => {
    expect(Object.keys(problemsOf({ url: 'https://exa\nmple.com/' }) ?? {})).toEqual(['url']);
  });

  it.each(['group', 'user', 'none'] as const)(
    'refuse whole bodies to an owner who may read chats of scope %s',
    (scope) => {
      const change = { onCloudApi: true };
      expect(Object.keys(problemsOf(change, undefined, scope) ?? {})).toEqual(['on_cloud_api']);
    },
  );

  it('leave other changes to an owner who has lost the right to whole bodies', () => {
    expect(
      problemsOf(
        { onCloudApi: false, ordering: 'none' },
        { onCloudApi: true, ordering: 'none' },
        'none',
      ),
    ).toEqual({});
    expect(
      problemsOf({ url: 'https://x' }, { onCloudApi: true, ordering: 'none' }, 'none'),
    ).toEqual({});
  });

  it.each<[string, string[]]>([
    ['an empty list', []],
    ['more than 50', Array.from({ length: 51 }, (_, at) => `field_${at}`)],
    ['capitals', ['Messages']],
    ['a leading digit', ['1messages']],
    ['a name of 65 characters', ['m'.repeat(65)]],
    ['an empty name', ['']],
    ['a line break', ['messages\n']],
  ])('refuse a filter of %s', (_what, fields) => {
    expect(Object.keys(problemsOf({ onCloudApi: true, fields }) ?? {})).toEqual(['fields']);
  });

  it('take a filter for a webhook that has on_cloud_api already', () => {
    const fields = ['messages', 'message_template_status_update', 'm'.repeat(64)];
    expect(problemsOf({ fields }, { onCloudApi: true, ordering: 'none' })).toEqual({});
    expect(problemsOf({ fields }, { onCloudApi: false, ordering: 'none' })).toHaveProperty(
      'fields',
    );
  });

  it('drop the filter with what it filters, and keep it otherwise', () => {
    const current = { onCloudApi: true, ordering: 'none', dialect: 'getchat' } as const;
    expect(checkWebhook({ onCloudApi: false }, current, 'all', ALL_PASS).fields).toBeNull();
    expect(checkWebhook({ url: 'https://x' }, current, 'all', ALL_PASS).fields).toBeUndefined();
  });

  it('keep order and bodies that span chats apart, whichever came first', () => {
    const chat = { ordering: 'chat' } as const;
    expect(problemsOf({ ...chat, onCloudApi: true })).toHaveProperty('ordering');
    expect(problemsOf(chat, { onCloudApi: true, ordering: 'none' })).toHaveProperty('ordering');
    expect(problemsOf({ onCloudApi: true }, { onCloudApi: false, ...chat })).toHaveProperty(
      'on_cloud_api',
    );
    expect(
      problemsOf({ onCloudApi: false, ...chat }, { onCloudApi: true, ordering: 'none' }),
    ).toEqual({});
  });

  it('fill a draft with no flag, no filter, no header, no order, no limit and the default schedule, enabled', () => {
    expect(completeDraft({ url: 'https://x' })).toEqual({
      url: 'https://x',
      onIncomingMessage: false,
      onOutgoingMessage: false,
      onAssigned: false,
      onCloudApi: false,
      onWebhookDisabled: false,
      fields: null,
      headers: {},
      schedule: 'default',
      ordering: 'none',
      rateLimit: null,
      rateLimitPer: 'second',
      isEnabled: true,
    });
  });
});
