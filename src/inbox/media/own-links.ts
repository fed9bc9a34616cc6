import { isRecord } from '../../waba/json-record.ts';

/** Returns a value with other links in it, however deep: `linkFor` says which; undefined leaves one as it is. */
export function withOwnLinks(
  value: unknown,
  linkFor: (link: string) => string | undefined,
): unknown {
  if (Array.isArray(value)) return value.map((item) => withOwnLinks(item, linkFor));
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const link = name === 'link' && typeof member === 'string' ? linkFor(member) : undefined;
    return [name, link ?? withOwnLinks(member, linkFor)];
  });
  return Object.fromEntries(members);
}
