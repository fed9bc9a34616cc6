import { z } from 'zod';
import { characters } from './message-fields.ts';

/** WhatsApp's limits for interactive messages (Cloud API reference, Messages). */
const MAX_BUTTONS = 3;
const MAX_SECTIONS = 10;
const MAX_ROWS = 10;
const MAX_PRODUCTS = 30;

const text = (max: number) => z.looseObject({ text: characters(max) });

const PARTS = {
  header: z.looseObject({ type: z.string(), text: characters(60).optional() }).optional(),
  body: text(1024),
  footer: text(60).optional(),
};

const button = z.looseObject({
  type: z.literal('reply'),
  reply: z.looseObject({ id: characters(256), title: characters(20) }),
});

const row = z.looseObject({
  id: characters(200),
  title: characters(24),
  description: characters(72, 0).optional(),
});

const section = z.looseObject({
  title: characters(24, 0).optional(),
  rows: z.array(row).min(1),
});

const sections = z
  .array(section)
  .min(1)
  .max(MAX_SECTIONS)
  .refine((all) => all.flatMap(({ rows }) => rows).length <= MAX_ROWS, {
    error: `Ensure the sections have no more than ${MAX_ROWS} rows in all.`,
  });

const productSection = z.looseObject({
  title: characters(24, 0).optional(),
  product_items: z.array(z.looseObject({ product_retailer_id: z.string() })).min(1),
});

const productSections = z
  .array(productSection)
  .min(1)
  .max(MAX_SECTIONS)
  .refine((all) => all.flatMap((one) => one.product_items).length <= MAX_PRODUCTS, {
    error: `Ensure the sections have no more than ${MAX_PRODUCTS} products in all.`,
  });

/** Kinds with rules of their own, by `interactive.type`. */
const KINDS = {
  button: z.looseObject({
    ...PARTS,
    action: z.looseObject({ buttons: z.array(button).min(1).max(MAX_BUTTONS) }),
  }),
  list: z.looseObject({
    ...PARTS,
    action: z.looseObject({ button: characters(20), sections }),
  }),
  cta_url: z.looseObject({
    ...PARTS,
    action: z.looseObject({
      name: z.literal('cta_url'),
      parameters: z.looseObject({ display_text: characters(20), url: z.string() }),
    }),
  }),
  flow: z.looseObject({
    ...PARTS,
    action: z.looseObject({
      name: z.literal('flow'),
      parameters: z.looseObject({ flow_cta: characters(30) }),
    }),
  }),
  location_request_message: z.looseObject({
    ...PARTS,
    action: z.looseObject({ name: z.literal('send_location') }),
  }),
  product: z.looseObject({
    ...PARTS,
    body: PARTS.body.optional(),
    action: z.looseObject({ catalog_id: z.string(), product_retailer_id: z.string() }),
  }),
  product_list: z.looseObject({
    ...PARTS,
    header: z.looseObject({ type: z.literal('text'), text: characters(60) }),
    action: z.looseObject({ catalog_id: z.string(), sections: productSections }),
  }),
};

/**
 * The `interactive` object. Kinds that are not documented well enough to judge are WhatsApp's to
 * judge: an action is all they must have.
 */
export const interactiveContent = z
  .looseObject({ type: characters(64) })
  .superRefine((content, context) => {
    const kind = Object.entries(KINDS).find(([name]) => name === content.type)?.[1];
    const result = (kind ?? z.looseObject({ action: z.looseObject({}) })).safeParse(content);
    for (const { path, message, ...issue } of result.error?.issues ?? []) {
      context.addIssue({ ...issue, path, message });
    }
  });
