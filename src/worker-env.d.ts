/** Types `env` of `cloudflare:workers`, which the tests in workerd use. */
declare namespace Cloudflare {
  interface Env extends WaypostEnv {
    /** Bound by the test configuration only. */
    ACME__DB: D1Database;
    MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
}

declare namespace Cloudflare {
  /** Types `ctx.exports`, the way from the Stack object to an invocation of its own. */
  interface GlobalProps {
    mainModule: typeof import('./index.ts');
    durableNamespaces: 'Stack';
  }
}

type WaypostEnv = import('./bindings.ts').Env;
