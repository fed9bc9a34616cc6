import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { FieldProblems, WaypostError } from '../error.ts';
import type { ConsoleContext } from './console-env.ts';
import { answerPage, type Html } from './page.ts';

/**
 * Answers whatever is asked of a stack whose settings are wrong: 503 with the names of all of them and
 * what is wrong with each, as a page to browsers and as JSON to everybody else, `/readyz` among it.
 */
export async function answerMisconfigured(
  c: Pick<ConsoleContext, 'header' | 'html' | 'json' | 'req'>,
  stack: string,
  { message, fields = {} }: WaypostError,
): Promise<Response> {
  const isPage = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html') === true;
  if (isPage && !c.req.path.startsWith('/api/')) return answerPage(c, pageOf(stack, fields));
  const body = { status: 'misconfigured', stack, settings: fields, detail: message };
  return c.json({ ...body, reason: message }, 503, { 'Cache-Control': 'no-store' });
}

function pageOf(
  stack: string,
  settings: FieldProblems,
): { title: string; body: Html; status: ContentfulStatusCode } {
  const items = Object.entries(settings).map(
    ([name, problems]) => html`<li><code>${name}</code> ${problems.join('; ')}</li>`,
  );
  const body = html`<p role="alert">Nothing works before these settings of “${stack}” are right:</p>
    <ul>
      ${items}
    </ul>
    <p>docs/deploy.md says how to set them; <code>npm run doctor</code> looks again.</p>`;
  return { title: 'Settings are missing or wrong', body, status: 503 };
}
