import { describe, expect, it } from 'vitest';
import { readBody } from './envelope.ts';

function changesOf(field: string, value: object, time?: unknown) {
  const named = { message_template_name: 'order', message_template_language: 'en', ...value };
  const entry = [{ id: '1', time, changes: [{ field, value: named }] }];
  return readBody({ object: 'whatsapp_business_account', entry }).templates;
}

const STATUS = 'message_template_status_update';

describe('a webhook about a template', () => {
  it.each([
    ['APPROVED', 'approved'],
    ['REINSTATED', 'approved'],
    ['REJECTED', 'rejected'],
    ['PAUSED', 'paused'],
    ['DISABLED', 'disabled'],
    ['PENDING_DELETION', 'pending_deletion'],
    ['DELETED', 'deleted'],
  ])('says by %s that its status is %s', (event, status) => {
    const change = { name: 'order', language: 'en', at: 7, status, rejectedReason: 'NONE' };
    expect(changesOf(STATUS, { event, reason: null }, 7)).toEqual([
      { ...change, category: undefined, needsRefresh: false },
    ]);
  });

  it('says why it was rejected, and which category it has', () => {
    const value = { event: 'REJECTED', reason: 'SCAM', message_template_category: 'MARKETING' };
    expect(changesOf(STATUS, value)).toMatchObject([
      { status: 'rejected', rejectedReason: 'SCAM', category: 'MARKETING', at: 0 },
    ]);
  });

  it('leaves the status as it is where it only warns', () => {
    const [change] = changesOf(STATUS, { event: 'FLAGGED' });
    expect(change).toMatchObject({ status: undefined, needsRefresh: false });
  });

  it.each([
    [STATUS, { event: 'UNLOCKED' }],
    [STATUS, {}],
    ['message_template_components_update', {}],
    ['template_category_update', {}],
  ])('asks for the list where %s does not say how it is now', (field, value) => {
    expect(changesOf(field, value)).toMatchObject([{ status: undefined, needsRefresh: true }]);
  });

  it.each([
    ['without a name', STATUS, { message_template_name: undefined }],
    ['without a language', STATUS, { message_template_language: null }],
    ['of another field', 'message_template_quality_update', {}],
  ])('is none %s', (_, field, value) => {
    expect(changesOf(field, { event: 'APPROVED', ...value })).toEqual([]);
  });
});
