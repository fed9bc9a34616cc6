import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { CSRF_FIELD } from '../auth/csrf.ts';
import type { ConsoleContext } from './console-env.ts';
import { giveCsrfToken } from './csrf-token.ts';
import { answerPage } from './page.ts';

/** What a form is filled with. */
export interface LoginForm {
  username?: string;
  next: string;
  problem?: string;
  status?: ContentfulStatusCode;
}

/** Answers the form to sign in with; where it failed before, with why. */
export async function answerLoginForm(c: ConsoleContext, form: LoginForm): Promise<Response> {
  const { username = '', next, problem, status = 200 } = form;
  const token = giveCsrfToken(c);
  const alert = problem === undefined ? '' : html`<p role="alert" id="problem">${problem}</p>`;
  const body = html`${alert}
    <form method="post" action="/login/">
      <input type="hidden" name="${CSRF_FIELD}" value="${token}" />
      <input type="hidden" name="next" value="${next}" />
      <label for="username">Username</label>
      <input
        id="username"
        name="username"
        value="${username}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        maxlength="150"
        required
        autofocus
      />
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
      />
      <button>Sign in</button>
    </form>`;
  return answerPage(c, { title: 'Sign in', body, status });
}
