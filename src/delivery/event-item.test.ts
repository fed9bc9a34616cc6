import { expect, it } from 'vitest';
import { testConfig } from '../auth/config.test-support.ts';
import { policyOf } from './event-item.ts';
import { guardUrl } from '../outbound/url-guard.ts';

it.each([
  ['https://way.example.org:8443', 'https://way.example.org/hook', false],
  ['https://way.example.org', 'https://way.example.org:8443/hook', false],
  ['http://localhost:8787', 'http://localhost:8787/hook', false],
  ['http://localhost', 'http://localhost:9000/hook', true],
])('an attempt from %s at %s is made: %s', (publicUrl, url, isMade) => {
  const policy = policyOf(testConfig({ publicUrl, allowPrivateTargets: true }));
  expect(guardUrl(url, policy).ok).toBe(isMade);
});
