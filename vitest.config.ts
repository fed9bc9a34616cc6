import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

/** Settings of the Worker under test: what `npm start` would set, with a second stack, `acme`. */
const TEST_BINDINGS = {
  WABA_API_URL: 'http://127.0.0.1:9',
  D360_API_KEY: 'test-key',
  WEBHOOK_TOKEN: 'test-webhook-token',
  PUBLIC_URL: '',
  SECRET_KEY: 'test-secret-key-of-at-least-thirty-two-chars',
  ADMIN_USERNAME: 'admin',
  ADMIN_PASSWORD: 'admin',
  ALLOW_PRIVATE_TARGETS: 'true',
  ACME__D360_API_KEY: 'acme-key',
  ACME__WEBHOOK_TOKEN: 'acme-webhook-token',
};

/** What the Worker imports of its libraries. */
const LIBRARIES = [
  '@hono/zod-openapi',
  'drizzle-orm',
  'drizzle-orm/sqlite-core',
  'drizzle-orm/sqlite-proxy',
  'hono',
  'hono/cors',
  'hono/html',
  'hono/http-exception',
  'hono/jwt',
  'hono/request-id',
  'hono/route',
  'hono/utils/html',
  'zod',
];

/**
 * More than the cores of a small machine: the tests wait for runtimes and receivers more than they
 * compute. Projects that are to run beside each other need the same number.
 */
const MAX_WORKERS = 3;

/** Tests that reach the Stack object. It outlives the file that woke it, so each has a runtime of its own. */
const OBJECT_TESTS = [
  'src/api/auth/throttling.worker.test.ts',
  'src/api/operations.worker.test.ts',
  'src/api/status/health.worker.test.ts',
  'src/console/*.worker.test.ts',
  'src/ingest/{ingest-together,waba-routes}.worker.test.ts',
  'src/stack/*.worker.test.ts',
  'src/upkeep/housekeeping.worker.test.ts',
  'src/watch/*.worker.test.ts',
];

interface RuntimeFiles {
  include?: string[];
  exclude?: string[];
  /** Whether each file has a runtime of its own. */
  isolate: boolean;
  /** Beside those of both. */
  setupFiles?: string[];
  globalSetup?: string[];
}

/** Tests in the Workers runtime. */
async function runtimeProject(
  name: string,
  {
    include = ['src/**/*.worker.test.ts'],
    exclude = [],
    isolate,
    setupFiles = [],
    globalSetup = [],
  }: RuntimeFiles,
): Promise<TestProjectConfiguration> {
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          cf: false,
          bindings: { ...TEST_BINDINGS, MIGRATIONS: await readD1Migrations('migrations') },
          d1Databases: { ACME__DB: 'acme' },
        },
      }),
    ],
    test: {
      name,
      include,
      exclude: [...exclude, '**/node_modules/**'],
      isolate,
      // Bundled: their hundreds of modules would be loaded again for each test file. What is imported of a
      // library is named here in full, or there would be two copies of it.
      deps: { optimizer: { ssr: { enabled: true, include: LIBRARIES } } },
      // Hashing passwords takes a busy machine its time.
      testTimeout: 20_000,
      setupFiles: [
        './src/store/clean-storage.setup.ts',
        './src/waba/import-sockets.setup.ts',
        ...setupFiles,
      ],
      globalSetup,
      maxWorkers: MAX_WORKERS,
    },
  };
}

/** Tests that measure how much of the processor something takes. */
const TIMED_TESTS = ['test/time-of-input.test.ts'];

interface SystemFiles {
  include?: string[];
  exclude?: string[];
  maxWorkers?: number;
  /** Projects of a higher group wait for those of a lower one. */
  sequence?: { groupOrder: number };
}

/** Whole routers, as `npm start` runs them. */
function systemProject(
  name: string,
  { exclude = [], ...more }: SystemFiles,
): TestProjectConfiguration {
  return {
    test: {
      name,
      include: ['test/**/*.test.ts'],
      exclude: [...exclude, '**/node_modules/**'],
      globalSetup: ['./test/support/build-once.setup.ts'],
      // A second, which is the default, says nothing on a machine that is busy.
      expect: { poll: { timeout: 10_000 } },
      testTimeout: 60_000,
      hookTimeout: 60_000,
      maxWorkers: MAX_WORKERS,
      ...more,
    },
  };
}

export default defineConfig(async () => ({
  test: {
    // Log lines are shown of what failed.
    silent: 'passed-only' as const,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,sandbox,scripts,bench}/**/*.test.ts'],
          exclude: ['**/*.worker.test.ts', '**/node_modules/**'],
          // Plain functions: nothing of one file is left for the next.
          isolate: false,
          maxWorkers: MAX_WORKERS,
        },
      },
      // Each file begins with modules and storage as if it were the first. With a runtime for each these two
      // took the processor 434 s and not 277.
      await runtimeProject('worker', {
        exclude: OBJECT_TESTS,
        isolate: false,
        setupFiles: ['./src/stack/no-objects.setup.ts'],
        globalSetup: ['./src/outbound/faulty-server.setup.ts'],
      }),
      await runtimeProject('object', { include: OBJECT_TESTS, isolate: true }),
      systemProject('system', { exclude: TIMED_TESTS }),
      // After all others and by itself: what else the machine does makes the same work dearer.
      systemProject('timed', { include: TIMED_TESTS, maxWorkers: 1, sequence: { groupOrder: 1 } }),
    ],
  },
}));
