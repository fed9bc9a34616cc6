import { createRoute, z } from '@hono/zod-openapi';
import { readRequest } from '../../outbound/read-request.ts';
import { exportRows } from '../../inbox/transfer/export-rows.ts';
import { importFile } from '../../inbox/transfer/import-file.ts';
import { finishImport, importRows } from '../../inbox/transfer/import-rows.ts';
import { TRANSFER_NAMES } from '../../inbox/transfer/transfer-tables.ts';
import type { Api } from '../api-env.ts';
import { queryParam } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { signedIn } from '../signed-in.ts';

/** A part of an export may be longer than its rows are together in the database, but not by much. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

const NDJSON = 'application/x-ndjson';

/** Plain schemas document only; zod's would read the whole body first. */
const bytes = { '*/*': { schema: { type: 'string' as const, format: 'binary' } } };

const tableParams = z.object({
  table: z.enum(TRANSFER_NAMES).openapi({ description: 'What of the stack.' }),
});

const afterQuery = z.object({
  after: queryParam(z.string().max(2_000)).openapi({
    type: 'string',
    default: '',
    description: 'Where the part begins: `next` of the one before.',
  }),
});

const importedSchema = z
  .object({
    rows: z.int(),
    stored: z.int().openapi({ description: 'Those of them that were not there yet.' }),
    kept: z.int().openapi({
      description:
        'Those that are there as they came. Another row may have had the place of the rest.',
    }),
  })
  .openapi('ImportedRows');

const finishedSchema = z
  .object({ rows: z.record(z.string(), z.int()).openapi({ description: 'By table.' }) })
  .openapi('FinishedImport');

/** Everything that a stack has, to keep or to move it. For admins who may see all chats. */
export function transferRoutes(api: Api): void {
  api.openapi(
    createRoute({
      operationId: 'exportRows',
      method: 'get',
      path: '/api/v1/export/{table}/',
      tags: ['Transfer'],
      summary: 'Lines of JSON: a row each, and a last one with `next`, null at the end.',
      request: { params: tableParams, query: afterQuery },
      responses: {
        200: { description: 'At most 500 rows of the table.', content: bytes },
        ...failures(400, 403),
      },
      middleware: [signedIn],
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { after = '' } = c.req.valid('query');
      const part = await exportRows(stack, user, c.req.valid('param').table, after);
      const text = [...part.lines, JSON.stringify({ next: part.next }), ''].join('\n');
      return c.body(text, 200, { 'Content-Type': NDJSON });
    },
  );

  // Before the rows: its path fits theirs.
  api.openapi(
    createRoute({
      operationId: 'finishImport',
      method: 'post',
      path: '/api/v1/import/finish/',
      tags: ['Transfer'],
      responses: {
        200: json(finishedSchema, 'The totals are right now, and nothing more is taken in.'),
        ...failures(403, 409),
      },
      middleware: [signedIn],
    }),
    async (c) => c.json({ rows: await finishImport(c.var.stack, c.var.user) }, 200),
  );

  api.openapi(
    createRoute({
      operationId: 'importRows',
      method: 'post',
      path: '/api/v1/import/{table}/',
      tags: ['Transfer'],
      summary: 'Takes rows of an export into a stack that was empty when the import began.',
      request: { params: tableParams, body: { content: bytes, required: true } },
      responses: {
        200: json(importedSchema, 'They are stored.'),
        ...failures(400, 403, 409, 413),
      },
      middleware: [signedIn],
    }),
    async (c) => {
      const text = new TextDecoder().decode(await readRequest(c.req.raw, MAX_BODY_BYTES));
      const { stack, user } = c.var;
      return c.json(await importRows(stack, user, c.req.valid('param').table, text), 200);
    },
  );

  api.openapi(
    createRoute({
      operationId: 'importFile',
      method: 'put',
      path: '/api/v1/import/files/{id}/',
      tags: ['Transfer'],
      request: {
        params: z.object({ id: z.string().openapi({ description: 'As in the row of `media`.' }) }),
        body: { content: bytes, required: true },
      },
      responses: {
        200: json(z.object({}), 'It is stored.'),
        ...failures(400, 403, 404, 409),
      },
      middleware: [signedIn],
    }),
    async (c) => {
      const { body, headers } = c.req.raw;
      const length = Number(headers.get('content-length') ?? 'none');
      await importFile(c.var.stack, c.var.user, c.req.valid('param').id, { body, length });
      return c.json({}, 200);
    },
  );
}
