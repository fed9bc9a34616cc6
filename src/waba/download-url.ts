/** The one host that WABA's links to files name and that 360dialog stands in for. */
const META_MEDIA_HOST = 'lookaside.fbsbx.com';

/**
 * Returns where the file of a link from `GET /{media-id}` is downloaded with our key: at WABA's own
 * host (`wabaApiUrl` is its base URL), which 360dialog serves Meta's links at. Undefined for a link to
 * any other host: the key is shown to nobody else, and nothing else is fetched on somebody's word.
 */
export function downloadUrl(link: string, wabaApiUrl: string): string | undefined {
  const url = URL.parse(link);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  const { origin } = new URL(wabaApiUrl);
  if (url.origin === origin) return origin + url.pathname + url.search;
  // `host` holds a port where it is not the usual one; a host with a final dot is another text.
  const isMetas = url.protocol === 'https:' && url.host === META_MEDIA_HOST;
  // Joined as text: a path like `//evil.example/` resolved against the origin would leave it.
  return isMetas ? origin + url.pathname + url.search : undefined;
}
