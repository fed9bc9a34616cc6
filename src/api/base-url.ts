import { linksAt, type Links } from '../inbox/media/links.ts';
import type { StackContext } from '../store/open-stack.ts';

/** What of a request says how links are made. */
export interface LinkContext {
  req: { url: string };
  var: { stack: Pick<StackContext, 'config'> };
}

/**
 * Returns what links in an answer begin with: the stack's public URL, which a proxy in front of us may
 * be the only one to know, or else the `https://host` that this request was sent to.
 */
export function baseUrlOf(c: LinkContext): string {
  return c.var.stack.config.publicUrl ?? originOf(c);
}

/** Returns the `https://host` that this request was sent to. */
export function originOf(c: Pick<LinkContext, 'req'>): string {
  return new URL(c.req.url).origin;
}

/** Returns the links of what is shown or written now. */
export function linksOf(c: LinkContext): Links {
  return linksAt(c.var.stack.config, baseUrlOf(c), Date.now());
}
