/**
 * Milliseconds by `Retry-After`, where there is one. Only seconds: the date form is for caches, and our clock need
 * not be WABA's.
 */
export function retryAfterMs({ headers }: Response): number | undefined {
  const value = headers.get('Retry-After') ?? '';
  return /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
}
