import { open } from '../../auth/secret-box.ts';
import type { StackConfig } from '../../config.ts';

/** Room for the headers and the secret of every webhook a stack may have, twice over. */
const MAX_REMEMBERED = 400;

const remembered = new WeakMap<StackConfig, Map<string, string>>();

/**
 * Opens a sealed text of the webhooks table, remembering it while the isolate lives, so that an event
 * costs no decryption. A changed value is sealed as another text and so never answered from memory.
 * Throws an Error where the text cannot be opened, as after a change of SECRET_KEY.
 */
export async function openSealed(config: StackConfig, sealed: string): Promise<string> {
  const texts = remembered.get(config) ?? new Map<string, string>();
  remembered.set(config, texts);
  const known = texts.get(sealed);
  if (known !== undefined) return known;
  const plain = await open(config, sealed);
  for (const oldest of texts.keys()) {
    if (texts.size < MAX_REMEMBERED) break;
    texts.delete(oldest);
  }
  texts.set(sealed, plain);
  return plain;
}

/** Opens the `headers` column: header values by name. Throws as `openSealed` does. */
export async function openHeaders(
  config: StackConfig,
  sealed: string,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = JSON.parse(await openSealed(config, sealed));
  return headers;
}
