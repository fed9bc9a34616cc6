import { listDurableObjectIds } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll } from 'vitest';

const before = await listDurableObjectIds(env.STACK);

afterAll(async () => {
  const ids = await listDurableObjectIds(env.STACK);
  if (ids.length > before.length) {
    throw new Error(
      'This file has woken the Stack object, which would meddle with the files that share its runtime: name it in OBJECT_TESTS of vitest.config.ts.',
    );
  }
});
