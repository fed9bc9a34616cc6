/** The one host that WhatsApp's links to files name. */
const META_MEDIA_HOST = 'lookaside.fbsbx.com';

/**
 * Returns where 360dialog has the file of a link from `GET /{media-id}`: at its own host (`wabaApiUrl` is its
 * base URL), which stands in for Meta's. Undefined for a link to any other host.
 */
export function dialogDownloadUrl(link: string, wabaApiUrl: string): string | undefined {
  const url = plainUrl(link);
  if (url === undefined) return undefined;
  const { origin } = new URL(wabaApiUrl);
  const isKnown = url.origin === origin || isMetas(url);
  // Joined as text: a path like `//evil.example/` resolved against the origin would leave it.
  return isKnown ? origin + url.pathname + url.search : undefined;
}

/**
 * Returns where Meta has the file of a link from `GET /{media-id}`: where the link says, at the host of Meta's
 * files or at that of the API. Undefined for a link to any other host.
 */
export function metaDownloadUrl(link: string, wabaApiUrl: string): string | undefined {
  const url = plainUrl(link);
  if (url === undefined) return undefined;
  const isKnown = url.origin === new URL(wabaApiUrl).origin || isMetas(url);
  return isKnown ? url.origin + url.pathname + url.search : undefined;
}

function plainUrl(link: string): URL | undefined {
  const url = URL.parse(link);
  return url === null || url.username !== '' || url.password !== '' ? undefined : url;
}

/** `host` holds a port where it is not the usual one; a host with a final dot is another text. */
function isMetas(url: URL): boolean {
  return url.protocol === 'https:' && url.host === META_MEDIA_HOST;
}
