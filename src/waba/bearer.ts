/** Returns the token that an `Authorization` header shows with the scheme `Bearer`, else null. */
export function bearerIn(authorization: string | null | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1] ?? null;
}
