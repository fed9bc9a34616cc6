import { z } from '@hono/zod-openapi';
import { runChecks } from '../../inbox/health/health-check.ts';
import { stackChecks } from '../../inbox/health/stack-checks.ts';
import { listAccounts } from '../../inbox/profile/own-number.ts';
import { listWabaErrors, retrieveWabaError } from '../../inbox/waba-errors/waba-errors.ts';
import { pauseSentence, readOutboxPause } from '../../watch/outbox-pause.ts';
import { readBacklog } from '../../watch/overdue.ts';
import type { Api } from '../api-env.ts';
import { booleanField, idParams, queryParam } from '../fields.ts';
import { longPage, page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';

/** An error of WABA's in an answer: the shape of `presentError`. */
const wabaErrorSchema = z
  .object({
    id: z.int(),
    waba_payload: z
      .looseObject({ errors: z.array(z.looseObject({})) })
      .openapi({ description: 'The status of the message, or the error alone: in `errors`.' }),
    timestamp: z.int().openapi({ description: 'Seconds.' }),
    waba_id: z.string().nullable(),
    getchat_id: z.string().nullable(),
  })
  .openapi('WabaError');

const accountSchema = z
  .object({
    phone_number: z.string().openapi({ description: 'In digits.' }),
    this_instance: z.boolean(),
  })
  .openapi('WhatsAppAccount');

const healthSchema = z
  .object({ check_name: z.string(), is_ok: z.boolean(), message: z.string() })
  .openapi('HealthStatus');

/** How the number fares: its accounts, its health, the errors of WABA. */
export function statusRoutes(api: Api): void {
  // Lists the number of this inbox.
  api.openapi(
    signedInRoute({
      operationId: 'listWhatsAppAccounts',
      method: 'get',
      path: '/api/v1/whatsapp_accounts/',
      tags: ['WhatsApp accounts'],
      request: { query: pageQuery.extend({ this_instance: queryParam(booleanField) }) },
      responses: {
        200: json(pageSchema(accountSchema), 'The numbers of this inbox.'),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const { this_instance: isThis, limit, offset } = c.req.valid('query');
      const all = await listAccounts(c.var.stack);
      const asked = all.filter(
        (account) => isThis === undefined || account.this_instance === isThis,
      );
      const results = asked.slice(offset, offset + limit);
      return c.json(page(c, { results, count: asked.length, limit, offset }), 200);
    },
  );

  // Checks all that belongs to the stack, and says what came of it.
  api.openapi(
    signedInRoute({
      operationId: 'listHealthStatuses',
      method: 'get',
      path: '/api/v1/status/health/',
      tags: ['Status'],
      responses: { 200: json(z.array(healthSchema), 'What was checked, now.'), ...failures(403) },
    }),
    async (c) => {
      const { stack, user, bells } = c.var;
      const checks = stackChecks(stack, user, {
        backlog: () => readBacklog(stack.db, Date.now()),
        outboxPause: async () => {
          const pause = await readOutboxPause(stack.db);
          return pause === undefined ? undefined : pauseSentence(pause);
        },
        callObject: () => c.env.STACK.getByName(stack.config.name).countSockets(),
        ringRefreshes: () => bells.refreshes(),
      });
      return c.json(await runChecks(checks), 200);
    },
  );

  // Lists what WABA reported as failed, as far as the caller may read it.
  api.openapi(
    signedInRoute({
      operationId: 'listWabaErrors',
      method: 'get',
      path: '/api/v1/errors/waba/',
      tags: ['Errors'],
      request: { query: pageQuery },
      responses: {
        200: json(pageSchema(wabaErrorSchema), 'The errors, newest first.'),
        ...failures(403),
      },
    }),
    async (c) => {
      const part = c.req.valid('query');
      const { stack, user } = c.var;
      return c.json(longPage(c, await listWabaErrors(stack.db, user, part), part), 200);
    },
  );

  // Shows one error of WABA's.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveWabaError',
      method: 'get',
      path: '/api/v1/errors/waba/{id}/',
      tags: ['Errors'],
      request: { params: idParams },
      responses: { 200: json(wabaErrorSchema, 'The error.'), ...failures(403, 404) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      return c.json(await retrieveWabaError(stack.db, user, c.req.valid('param').id), 200);
    },
  );
}
