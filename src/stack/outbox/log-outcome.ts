import { log } from '../../log.ts';
import type { SendOutcome } from '../../waba/send-outcome.ts';

/** Which attempt of which message. */
interface AttemptName {
  stack: string;
  message: string;
  attempts: number;
}

/** Logs what became of an attempt, unless the message was sent. */
export function logOutcome(name: AttemptName, outcome: SendOutcome): void {
  switch (outcome.kind) {
    case 'sent':
      return;
    case 'failed': {
      const { code, title } = outcome.error;
      return log('message_failed', { ...name, code, alert: outcome.alert, title });
    }
    case 'retry':
      return log('message_put_off', {
        ...name,
        scope: outcome.scope,
        wait_ms: outcome.afterMs,
      });
    case 'barred':
      return log('message_put_off', { ...name, scope: 'account', code: outcome.error.code });
    case 'unknown':
      return log('message_answer_lost', { ...name });
  }
}
