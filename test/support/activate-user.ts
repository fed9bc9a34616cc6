/** Opens the link of an operation that is no part of the client's: it is for people. Returns the answer. */
export async function activateUser(
  activationUrl: string,
): Promise<{ status: number; body: object }> {
  const response = await fetch(activationUrl, { headers: { accept: 'application/json' } });
  return { status: response.status, body: (await response.json()) as object };
}
