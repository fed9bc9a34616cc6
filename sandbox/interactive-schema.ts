import { z } from 'zod';
import { INVALID_VALUE, MISSING, WEB_URL, characters, distinct, media } from './schema-fields.ts';

const TEXT_HEADER = z.strictObject({ type: z.literal('text'), text: characters(60) });

const HEADER = z.discriminatedUnion('type', [
  TEXT_HEADER,
  z.strictObject({ type: z.literal('image'), image: media({}) }),
  z.strictObject({ type: z.literal('video'), video: media({}) }),
  z.strictObject({
    type: z.literal('document'),
    document: media({ filename: z.string().optional() }),
  }),
]);

const BODY = z.strictObject({ text: characters(1_024) });
const FOOTER = z.strictObject({ text: characters(60) });

const BUTTON = z.strictObject({
  type: z.literal('reply'),
  reply: z.strictObject({ id: characters(256), title: characters(20) }),
});

const BUTTONS = z
  .array(BUTTON)
  .min(1)
  .max(3)
  .refine((buttons) => distinct(buttons.map((button) => button.reply.id)), {
    message: 'must have distinct ids',
    params: INVALID_VALUE,
  })
  .refine((buttons) => distinct(buttons.map((button) => button.reply.title)), {
    message: 'must have distinct titles',
    params: INVALID_VALUE,
  });

const ROW = z.strictObject({
  id: characters(200),
  title: characters(24),
  description: characters(72, 0).optional(),
});

const SECTION = z.strictObject({
  title: characters(24).optional(),
  rows: z.array(ROW).min(1).max(10),
});

const SECTIONS = z
  .array(SECTION)
  .min(1)
  .max(10)
  .refine((sections) => sections.flatMap((section) => section.rows).length <= 10, {
    message: 'must not have more than 10 rows in all',
    params: INVALID_VALUE,
  })
  .refine((sections) => distinct(sections.flatMap(({ rows }) => rows.map((row) => row.id))), {
    message: 'must have distinct row ids',
    params: INVALID_VALUE,
  })
  .refine((sections) => sections.length === 1 || sections.every((section) => section.title), {
    message: 'must all have a title when there are several',
    params: MISSING,
  });

const FLOW = z
  .strictObject({
    flow_message_version: z.string(),
    flow_id: z.string().optional(),
    flow_name: z.string().optional(),
    flow_cta: characters(30),
    flow_token: z.string().optional(),
    flow_action: z.enum(['navigate', 'data_exchange']).optional(),
    flow_action_payload: z
      .strictObject({ screen: z.string(), data: z.looseObject({}).optional() })
      .optional(),
    mode: z.enum(['draft', 'published']).optional(),
  })
  .refine((flow) => (flow.flow_id === undefined) !== (flow.flow_name === undefined), {
    message: 'needs either a flow_id or a flow_name',
    params: MISSING,
  });

const PRODUCT_ITEM = z.strictObject({ product_retailer_id: z.string() });
const PRODUCT_SECTION = z.strictObject({
  title: characters(24).optional(),
  product_items: z.array(PRODUCT_ITEM).min(1).max(30),
});

/** An interactive message with a body and, if it likes, any header and a footer. */
function withBody<Type extends string, Action extends z.ZodType>(type: Type, action: Action) {
  return z.strictObject({
    type: z.literal(type),
    header: HEADER.optional(),
    body: BODY,
    footer: FOOTER.optional(),
    action,
  });
}

/** An action that names itself and has parameters. */
function named<Name extends string, Parameters extends z.ZodType>(
  name: Name,
  parameters: Parameters,
) {
  return z.strictObject({ name: z.literal(name), parameters });
}

/** Kinds whose bodies are not documented well enough to judge: they pass. */
const UNJUDGED = z.looseObject({
  type: z.enum([
    'address_message',
    'carousel',
    'call_permission_request',
    'voice_call',
    'order_details',
    'order_status',
    'request_contact_info',
  ]),
});

/** The `interactive` object of a message, by its type. */
export const INTERACTIVE = z.discriminatedUnion('type', [
  withBody('button', z.strictObject({ buttons: BUTTONS })),
  withBody('list', z.strictObject({ button: characters(20), sections: SECTIONS })).extend({
    header: TEXT_HEADER.optional(),
  }),
  withBody(
    'cta_url',
    named('cta_url', z.strictObject({ display_text: characters(20), url: WEB_URL })),
  ),
  withBody('flow', named('flow', FLOW)),
  z.strictObject({
    type: z.literal('location_request_message'),
    body: BODY,
    action: z.strictObject({ name: z.literal('send_location') }),
  }),
  withBody(
    'product',
    z.strictObject({ catalog_id: z.string(), product_retailer_id: z.string() }),
  ).extend({ body: BODY.optional() }),
  withBody(
    'product_list',
    z.strictObject({
      catalog_id: z.string(),
      sections: z.array(PRODUCT_SECTION).min(1).max(10),
    }),
  ).extend({ header: TEXT_HEADER }),
  withBody(
    'catalog_message',
    z.strictObject({
      name: z.literal('catalog_message'),
      parameters: z.strictObject({ thumbnail_product_retailer_id: z.string() }).optional(),
    }),
  ),
  UNJUDGED,
]);
