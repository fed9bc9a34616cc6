import { signPath } from '../../auth/signed-url.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { mediaUrl } from '../messages/present-message.ts';

/**
 * Returns a link that opens a file to whoever has it, without signing in, for `lifeSeconds`. It begins
 * with `baseUrl` (`https://host`), or with the stack's public URL; where neither is known it is only a
 * path.
 */
export function signedMediaUrl(
  { config }: Pick<StackContext, 'config'>,
  mediaId: string,
  lifeSeconds: number,
  baseUrl: string = config.publicUrl ?? '',
): string {
  const expiresAt = Math.floor(Date.now() / 1000) + lifeSeconds;
  return `${mediaUrl(baseUrl, mediaId)}?${signPath(config, mediaUrl('', mediaId), expiresAt)}`;
}
