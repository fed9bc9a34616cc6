import { describe, expect, it } from 'vitest';
import { WaypostError } from '../../error.ts';
import { stack } from '../../inbox/seed.test-support.ts';
import { sendJob, type SendJob } from './send-job.ts';

const FILE = '11111111-2222-4333-8444-555555555555';
const link = `http://localhost:8787/api/v1/media/${FILE}/`;

/** A message to a WABA at which nothing listens: so the test environment is set. */
function jobWith(image: object): SendJob {
  const payload = JSON.stringify({ to: '48111111111', type: 'image', image });
  return { stack: 'default', message: { id: FILE, chat: '48111111111', type: 'image', payload } };
}

function upload(error: Error): () => Promise<string> {
  return () => Promise.reject(error);
}

const never = upload(new Error('No upload was asked for.'));

describe('an attempt', () => {
  it('is known not to have left where the connection is refused', async () => {
    const result = await sendJob(stack, jobWith({ id: '7' }), never);
    expect(result).toMatchObject({ kind: 'unsent' });
  });

  it('hands files of ours to WABA first', async () => {
    const asked: string[] = [];
    await sendJob(stack, jobWith({ link }), async (_ctx, mediaId) => {
      asked.push(mediaId);
      return '777';
    });
    expect(asked).toEqual([FILE]);
  });

  it('is put off while a file cannot be handed over', async () => {
    const away = upload(new WaypostError('unavailable', 'WhatsApp is away.'));
    expect(await sendJob(stack, jobWith({ link }), away)).toEqual({
      kind: 'unready',
      reason: 'WhatsApp is away.',
    });
  });

  it('is refused where WABA never takes the file', async () => {
    const wrong = upload(new WaypostError('invalid', 'No such type.'));
    expect(await sendJob(stack, jobWith({ link }), wrong)).toMatchObject({
      kind: 'refused',
      error: { message: 'No such type.' },
    });
  });

  it('leaves a link to another host to WhatsApp, whatever its path', async () => {
    const foreign = link.replace('http://localhost:8787', 'https://other.example');
    expect(await sendJob(stack, jobWith({ link: foreign }), never)).toMatchObject({
      kind: 'unsent',
    });
  });

  it('is refused where the file is there no more', async () => {
    const none = upload(new WaypostError('not_found', 'Not found.'));
    expect(await sendJob(stack, jobWith({ link }), none)).toMatchObject({ kind: 'refused' });
  });
});
