import { z } from 'zod';
import { INVALID_VALUE, MISSING, media } from './schema-fields.ts';

/** Parameters that must carry a member named like their type, and what it must be. */
const PARAMETER_VALUES = new Map<string, z.ZodType>([
  ['text', z.string()],
  ['payload', z.string()],
  ['coupon_code', z.string()],
  ['limited_time_offer', z.looseObject({ expiration_time_ms: z.number() })],
  ['currency', z.looseObject({})],
  ['date_time', z.looseObject({})],
  ['image', media({ filename: z.string().optional() })],
  ['video', media({ filename: z.string().optional() })],
  ['document', media({ filename: z.string().optional() })],
]);

/** One parameter; types that are not in the table pass, as new ones keep coming. */
const PARAMETER = z.looseObject({ type: z.string() }).superRefine((parameter, context) => {
  const type = parameter.type.toLowerCase();
  const value = parameter[type];
  const schema = PARAMETER_VALUES.get(type);
  if (!schema || schema.safeParse(value).success) return;
  const params = value === undefined ? MISSING : INVALID_VALUE;
  const message = value === undefined ? 'is required' : 'is not valid';
  context.addIssue({ code: 'custom', message, params, path: [type] });
});

const COMPONENT_TYPES = ['header', 'body', 'button', 'carousel', 'limited_time_offer'];

const COMPONENT_TYPE = z.string().refine((type) => COMPONENT_TYPES.includes(type.toLowerCase()), {
  message: `must be one of {${COMPONENT_TYPES.join(', ')}}`,
  params: INVALID_VALUE,
});

const COMPONENT = z
  .looseObject({
    type: COMPONENT_TYPE,
    sub_type: z.string().optional(),
    index: z.union([z.string(), z.number()]).optional(),
    parameters: z.array(PARAMETER).optional(),
  })
  .refine(isPlacedButton, { message: 'needs a sub_type and an index', params: MISSING });

function isPlacedButton(component: {
  type: string;
  sub_type?: string | undefined;
  index?: string | number | undefined;
}): boolean {
  if (component.type.toLowerCase() !== 'button') return true;
  return component.sub_type !== undefined && component.index !== undefined;
}

/** A template message: its name, its language and what fills its holes. */
export const TEMPLATE = z.looseObject({
  name: z.string().refine((name) => /^[a-z0-9_]{1,512}$/.test(name), {
    message: 'must be a template name: small letters, digits and _',
    params: INVALID_VALUE,
  }),
  language: z.strictObject({
    code: z.string().refine((code) => /^[a-z]{2,3}(?:_[A-Za-z]{2,4})?$/.test(code), {
      message: 'must be a language code like en or en_US',
      params: INVALID_VALUE,
    }),
    policy: z.literal('deterministic').optional(),
  }),
  components: z.array(COMPONENT).optional(),
});
