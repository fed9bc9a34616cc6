import { describe, expect, it } from 'vitest';
import { WaypostError, type FieldProblems } from '../error.ts';
import { checkWebhook, completeDraft, type WebhookChange } from './check-webhook.ts';
import type { Ordering } from './webhook.ts';

const POLICY = { allowPrivate: false, ownHosts: ['own.example.com'], dialects: {} };

function problemsOf(
  change: WebhookChange,
  current?: { onCloudApi: boolean; ordering: Ordering },
  scope: Parameters<typeof checkWebhook>[2] = 'all',
): FieldProblems | undefined {
  try {
    checkWebhook(change, current && { dialect: 'getchat', ...current }, scope, POLICY);
    return {};
  } catch (error) {
    return error instanceof WaypostError ? error.fields : undefined;
  }
}

describe('the rules for webhooks', () => {
  it('report every field that is wrong at once', () => {
    const headers = { 'Bad Name': 'x', 'X-Value': 'a\nb' };
    const change = { url: 'https://own.example.com/hook', headers, fields: ['calls'] };
    expect(problemsOf(change)).toEqual({
      url: ['The URL points back at this service: give the URL of another one.'],
      headers: [expect.stringContaining('Bad Name'), expect.stringContaining('X-Value')],
      fields: ['Only a webhook with on_cloud_api can be limited to some fields.'],
    });
  });

  it('take credentials out of a URL and send them as a header, beside the others', () => {
    const url = 'https://ann:secret@example.com/hook';
    expect(checkWebhook({ url, headers: { 'X-A': '1' } }, undefined, 'all', POLICY)).toEqual({
      url: 'https://example.com/hook',
      headers: { 'X-A': '1', Authorization: `Basic ${btoa('ann:secret')}` },
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
      problemsOf({ url: 'https://x.example' }, { onCloudApi: true, ordering: 'none' }, 'none'),
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
    expect(checkWebhook({ onCloudApi: false }, current, 'all', POLICY).fields).toBeNull();
    expect(
      checkWebhook({ url: 'https://x.example' }, current, 'all', POLICY).fields,
    ).toBeUndefined();
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
    expect(completeDraft({ url: 'https://x.example' })).toEqual({
      url: 'https://x.example',
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
