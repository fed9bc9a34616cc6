import { settingWarnings } from '../watch/setting-warnings.ts';
import type { ConsoleContext } from './console-env.ts';

/** The front page, with what the stack cannot do for want of a setting below its title; other files as they are. */
export function showMissingSettings(
  c: Pick<ConsoleContext, 'req' | 'var'>,
  file: Response,
): Response {
  if (c.req.path !== '/' || file.body === null) return file;
  const warnings = settingWarnings(c.var.stack.config);
  if (warnings.length === 0) return file;
  // Our own sentences: names of settings and nothing that anybody else wrote.
  const list = `<ul role="alert">${warnings.map((one) => `<li>${one}</li>`).join('')}</ul>`;
  return new HTMLRewriter()
    .on('h1', { element: (title) => void title.after(list, { html: true }) })
    .transform(file);
}
