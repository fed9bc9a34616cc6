import { WorkerEntrypoint } from 'cloudflare:workers';
import type { Env } from '../../bindings.ts';
import { uploadedMediaId } from '../../inbox/media/uploaded-media-id.ts';
import { openStack } from '../../store/open-stack.ts';
import { handOver, sendJob, type SendJob, type SendResult } from './send-job.ts';

/**
 * Sends one message in an invocation of its own: an invocation has six connections (Workers' limits
 * page), so the Stack object cannot make its POSTs itself and keep eighty a second. Reached as
 * `ctx.exports.WabaSender`.
 */
export class WabaSender extends WorkerEntrypoint<Env> {
  /** Makes one attempt and reports back. Throws only where the stack is not configured. */
  async send(job: SendJob): Promise<SendResult> {
    return sendJob(openStack(this.env, job.stack), job, uploadedMediaId);
  }

  /** Hands a message's files to WABA, which may take minutes. Throws only where the stack is not configured. */
  async handOver(job: SendJob): Promise<SendResult | undefined> {
    return handOver(openStack(this.env, job.stack), job, uploadedMediaId);
  }
}
