import type { OpenAPIHono } from '@hono/zod-openapi';
import type { User } from '../auth/user.ts';
import type { Env, InboundCall } from '../bindings.ts';
import type { Bells } from '../inbox/bells.ts';
import type { StackContext } from '../store/open-stack.ts';
import type { WebhookDialects } from '../webhooks/dialect.ts';

/** What every handler of the API may use. All but the user is set before the API is reached. */
export interface ApiEnv {
  Bindings: Env;
  Variables: {
    stack: StackContext;
    bells: Bells;
    /** Has the Stack object store a call of WABA's, together with others. */
    together: (call: InboundCall) => Promise<void>;
    /** The dialects that webhooks may be of. */
    dialects: WebhookDialects;
    /** Who asks; set by `signedIn`. */
    user: User;
    /** Whether it is a browser by its session; set by `signedIn`. */
    hasSession: boolean;
    requestId: string;
  };
}

/** What a resource registers its operations on. */
export type Api = OpenAPIHono<ApiEnv>;
