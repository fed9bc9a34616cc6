import { signPath } from '../../auth/signed-url.ts';
import type { StackContext } from '../../store/open-stack.ts';

/** Where a file is served. */
export function mediaUrl(baseUrl: string, mediaId: string): string {
  return `${baseUrl}/api/v1/media/${mediaId}/`;
}

/**
 * Returns a link that opens a file to whoever has it, without signing in, until
 * `expiresAtSeconds` (POSIX seconds). It begins with `baseUrl` (`https://host`), or with the stack's
 * public URL; where neither is known it is only a path.
 */
export function signedMediaUrl(
  { config }: Pick<StackContext, 'config'>,
  mediaId: string,
  expiresAtSeconds: number,
  baseUrl: string = config.publicUrl ?? '',
): string {
  const query = signPath(config, mediaUrl('', mediaId), expiresAtSeconds);
  return `${mediaUrl(baseUrl, mediaId)}?${query}`;
}
