/** Types `env` of `cloudflare:workers`, which the tests in workerd use. */
declare namespace Cloudflare {
  interface Env extends WaypostEnv {
    /** Bound by the test configuration only. */
    ACME__DB: D1Database;
    MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
}

type WaypostEnv = import('./config.ts').Env;
