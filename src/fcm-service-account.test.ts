import { expect, it } from 'vitest';
import { fcmServiceAccountSetting } from './fcm-service-account.ts';

const file = {
  type: 'service_account',
  project_id: 'shop-1',
  private_key: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n',
  client_email: 'push@shop-1.iam.gserviceaccount.com',
};

it("reads Google's file", () => {
  expect(fcmServiceAccountSetting.parse(JSON.stringify(file))).toEqual({
    projectId: 'shop-1',
    clientEmail: file.client_email,
    privateKey: file.private_key,
    tokenUrl: 'https://oauth2.googleapis.com/token',
  });
  expect(fcmServiceAccountSetting.parse(undefined)).toBeUndefined();
});

it.each([
  ['no JSON', '{"private_key": "-----BEGIN'],
  ['another file', JSON.stringify({ project_id: 'x' })],
  ['a project that is a path', JSON.stringify({ ...file, project_id: '../x' })],
  ['a token address without TLS', JSON.stringify({ ...file, token_uri: 'http://x/' })],
])('refuses %s, and shows nothing of it', (_what, text) => {
  const { error } = fcmServiceAccountSetting.safeParse(text);
  expect(error?.issues).toHaveLength(1);
  expect(error?.message).not.toContain('BEGIN');
});
