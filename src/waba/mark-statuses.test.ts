import { describe, expect, it } from 'vitest';
import { markStatuses } from './mark-statuses.ts';

const OURS = 'waypost:8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';
const CALLBACK = `"biz_opaque_callback_data":"${OURS}"`;

function mark(text: string, callerData: string | null = null): string {
  return markStatuses(text, (status) =>
    status.id.startsWith('ours')
      ? { getchatId: 'G', callerData, isOurCallback: status.callbackData === OURS }
      : undefined,
  );
}

function envelope(statuses: string, field = 'messages'): string {
  return `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"statuses":[${statuses}]},"field":"${field}"}]}]}`;
}

describe('marking the statuses of our messages', () => {
  it('adds getchat_id after the id and changes nothing else', () => {
    expect(mark(envelope('{ "id" : "ours", "status":"sent","n":1.0,"t":"\\u00e9\\/" }'))).toBe(
      envelope('{ "id" : "ours","getchat_id":"G", "status":"sent","n":1.0,"t":"\\u00e9\\/" }'),
    );
  });

  it('leaves a body without statuses of ours as it was', () => {
    const body = envelope('{"id":"theirs","status":"sent"}');
    expect(mark(body)).toBe(body);
  });

  it.each([
    ['in the middle', `{"id":"ours",${CALLBACK},"status":"sent"}`],
    ['right after the id, last', `{"status":"sent","id":"ours", ${CALLBACK}}`],
    ['first', `{${CALLBACK}, "status":"sent","id":"ours"}`],
  ])('takes our own callback data out where it stands %s', (_where, status) => {
    const marked = JSON.parse(mark(envelope(status)));
    expect(marked.entry[0].changes[0].value.statuses).toEqual([
      { id: 'ours', getchat_id: 'G', status: 'sent' },
    ]);
  });

  it("puts a caller's own callback data back in its place", () => {
    expect(mark(envelope(`{"id":"ours",${CALLBACK},"status":"sent"}`), 'order "7"')).toBe(
      envelope(
        '{"id":"ours","getchat_id":"G","biz_opaque_callback_data":"order \\"7\\"","status":"sent"}',
      ),
    );
  });

  it('keeps callback data that is not ours', () => {
    expect(mark(envelope('{"id":"ours","biz_opaque_callback_data":"x","status":"sent"}'))).toBe(
      envelope('{"id":"ours","getchat_id":"G","biz_opaque_callback_data":"x","status":"sent"}'),
    );
  });

  it('marks every status of every change of every entry', () => {
    const statuses = ['ours1', 'theirs', 'ours2'].map((id) => `{"id":"${id}","status":"sent"}`);
    const change = `{"field":"messages","value":{"statuses":[${statuses.join()}]}}`;
    const body = `{"entry":[{"changes":[${change},${change}]},{"changes":[${change}]}]}`;
    expect(mark(body).match(/getchat_id/g)).toHaveLength(6);
  });

  it('marks the old On-Prem shape', () => {
    expect(mark('{"statuses":[{"id":"ours","status":"read"}]}')).toBe(
      '{"statuses":[{"id":"ours","getchat_id":"G","status":"read"}]}',
    );
  });

  it('leaves the statuses of calls alone', () => {
    const body = envelope('{"id":"ours","type":"call","status":"RINGING"}', 'calls');
    expect(mark(body)).toBe(body);
  });

  it('is not led astray by quotes, brackets and look-alikes inside strings', () => {
    const decoy = JSON.stringify('"statuses":[{"id":"ours","status":"sent"}] \\" }');
    const body = `{"note":${decoy},"statuses":[{"id":"ours","note":${decoy},"status":"sent"}]}`;
    expect(JSON.parse(mark(body)).statuses[0]).toMatchObject({ getchat_id: 'G', status: 'sent' });
    expect(mark(body).match(/getchat_id/g)).toHaveLength(1);
  });

  it('reads a body nested deeper than the stack', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const marked = mark(`{"deep":${deep},"statuses":[{"id":"ours","status":"sent"}]}`);
    expect(marked.endsWith('"statuses":[{"id":"ours","getchat_id":"G","status":"sent"}]}')).toBe(
      true,
    );
  });
});
