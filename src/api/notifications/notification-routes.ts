import { z } from '@hono/zod-openapi';
import { resendActivation } from '../../inbox/notifications/resend-activation.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { integerField } from '../fields.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { mailerFor } from './mail.ts';

const bodySchema = z
  .object({
    user: integerField()
      .optional()
      .openapi({ description: 'The id of a user. Left out, it goes to all who wait.' }),
  })
  .openapi('ActivationEmail');

/** E-mail to users. */
export function notificationRoutes(api: Api): void {
  // Sends a new user the activation e-mail again; only admins may.
  api.openapi(
    signedInRoute({
      operationId: 'resendActivationEmailNotification',
      method: 'post',
      path: '/api/v1/notifications/email/activation/',
      tags: ['E-mail Notifications'],
      summary:
        'Sends the activation e-mail again, to one or to all who wait, with a new link: the one before works no more.',
      request: jsonBody(bodySchema),
      responses: { 200: json(z.object({}), 'It is on its way.'), ...failures(400, 403, 503) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { user: userId } = c.req.valid('json');
      const mailer = mailerFor(c);
      await resendActivation(stack, user, { userId, mailer, baseUrl: baseUrlOf(c) });
      return c.json({}, 200);
    },
  );
}
