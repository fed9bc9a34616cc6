import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ConsoleContext, CookieContext } from './console-env.ts';

/** A piece of a page; what is put into it is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
  main { width: min(22rem, 90vw); }
  label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
  input { margin: 0.25rem 0 1rem; padding: 0.6rem; border: 1px solid; border-radius: 0.4rem; }
  button { padding: 0.6rem; border: 0; border-radius: 0.4rem; background: #0b6b3a; color: #fff; }
  :focus-visible { outline: 3px solid #2b7de9; outline-offset: 2px; }
  [role='alert'] { padding: 0.6rem; border-left: 4px solid #c0261c; }
`;

/** The one style, by its hash, and forms to ourselves: nothing else is loaded or run. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const STYLE_TAG = raw(`<style>${STYLE}</style>`);
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'`;

/**
 * Answers a page. Nobody may keep it, nor learn from `Referer` where it was, for an address may hold a
 * token. `isFramable` says whether other sites may show it within theirs.
 */
export async function answerPage(
  c: Pick<ConsoleContext, 'header' | 'html'>,
  page: { title: string; body: Html; status?: ContentfulStatusCode; isFramable?: boolean },
): Promise<Response> {
  const { title, body, status = 200, isFramable = false } = page;
  c.header('Content-Security-Policy', `${POLICY}; frame-ancestors ${isFramable ? '*' : "'none'"}`);
  c.header('X-Content-Type-Options', 'nosniff');
  keepPrivate(c);
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · Waypost</title>
          ${STYLE_TAG}
        </head>
        <body>
          <main>
            <h1>${title}</h1>
            ${body}
          </main>
        </body>
      </html>`,
    status,
  );
}

/**
 * Keeps an answer out of caches and its address out of other sites' `Referer`. Our own pages are told,
 * without which a browser would send their forms as from no origin.
 */
export function keepPrivate(c: Pick<CookieContext, 'header'>): void {
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'same-origin');
  c.header('X-Robots-Tag', 'noindex');
}
