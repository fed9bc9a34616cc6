import { z } from '@hono/zod-openapi';
import { integerField, textField } from '../fields.ts';
import { groupSchema, userSchema } from '../users/user-schema.ts';

/** Somebody by id. Null, 0 (spec: "Hide or show conversations") and an empty field of a form are nobody. */
const assignee = z
  .preprocess(
    (value) => (value === '' ? null : value),
    integerField({ min: 0, max: Number.MAX_SAFE_INTEGER }).nullable(),
  )
  .transform((id) => (id === 0 ? null : id))
  .optional()
  .openapi({ type: ['integer', 'null'] });

/** What a chat is assigned by; what is left out stays as it is. */
export const assignmentBody = z
  .object({
    wa_id: textField({ min: 1, max: 100 }).optional(),
    assigned_to_user: assignee,
    assigned_group: assignee,
  })
  .openapi('ChatAssignmentChange');

/** Whose a chat is: the shape of `presentAssignment`. */
export const assignmentSchema = z
  .object({
    wa_id: z.string(),
    assigned_to_user: z.int().nullable(),
    assigned_group: z.int().nullable(),
  })
  .openapi('ChatAssignment');

/** An assignment in an answer: the shape of `presentAct`. */
export const assignmentEventSchema = z
  .object({
    wa_id: z.string(),
    timestamp: z.int().openapi({ description: 'Seconds.' }),
    assigned_to_user_set: z.union([userSchema, z.null()]),
    assigned_to_user_was_cleared: z.boolean(),
    assigned_group_set: groupSchema.nullable(),
    assigned_group_was_cleared: z.boolean(),
    done_by: z.union([userSchema, z.null()]),
  })
  .openapi('ChatAssignmentEvent');
