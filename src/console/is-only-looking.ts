/**
 * Whether a request only looks at an address: a mail scanner, a chat's preview, a browser that fetches
 * ahead. What works once would be used up before its reader comes.
 */
export function isOnlyLooking(request: Request): boolean {
  const { headers } = request;
  const purpose = `${headers.get('sec-purpose') ?? ''} ${headers.get('purpose') ?? ''}`;
  return request.method === 'HEAD' || /prefetch|preview/i.test(purpose);
}
