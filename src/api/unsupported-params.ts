import { z } from '@hono/zod-openapi';
import { booleanField } from './fields.ts';
import { queryParam } from './query-param.ts';

/**
 * A filter of the spec that there is nothing for yet. Refused, not ignored: a list that looks filtered
 * and is not leads its reader astray. Refused is `problem`; an empty one counts as left out.
 */
export function unsupportedParam(problem: string) {
  return queryParam(z.unknown().refine((value) => value === undefined, { error: problem })).openapi(
    {
      type: 'string',
      deprecated: true,
      description: problem,
    },
  );
}

/** The same for a filter that is off when it is false. */
export function unsupportedFlag(problem: string) {
  return queryParam(booleanField.refine((isOn) => !isOn, { error: problem })).openapi({
    type: 'boolean',
    deprecated: true,
    description: problem,
  });
}

/** The filter by a tag, of messages and of chats. */
export const chatTagParam = unsupportedParam('Tags are not supported yet.');
