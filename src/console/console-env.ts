import type { Context } from 'hono';
import type { User } from '../auth/user.ts';
import type { Env } from '../bindings.ts';
import type { StackContext } from '../store/open-stack.ts';

/** What every page may use. `stack` is set before a page is reached. */
export interface ConsoleEnv {
  Bindings: Env;
  Variables: {
    stack: StackContext;
    /** Who asks, where that is known: for the log of requests. */
    user: User | undefined;
    requestId: string;
  };
}

export type ConsoleContext = Context<ConsoleEnv>;

/** What a browser's cookies are set by, here and in the API's own contexts. */
export type CookieContext = Pick<ConsoleContext, 'header' | 'redirect'> & {
  req: { raw: Request };
  var: { stack: StackContext };
};
