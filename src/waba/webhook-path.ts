/** Where WABA calls us. */
export const WEBHOOK_PATH = '/waba/webhook';

/**
 * Returns a path with each run of slashes as one: a base URL that ends in a slash with a path behind it
 * has two, and means the same.
 */
export function singleSlashed(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}
