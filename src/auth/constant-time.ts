import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether two texts are equal, in a time that tells nothing of where they differ. Both are hashed
 * first, because `timingSafeEqual` wants equal lengths and the length of a secret is none of a
 * caller's business either.
 */
export function equalInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
