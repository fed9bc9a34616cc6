/** Meta serves profile photos from these domains; nothing else is fetched on somebody's word. */
const META_DOMAINS = ['.whatsapp.net', '.fbcdn.net', '.fbsbx.com'];

/** Where a photo is downloaded, and whether our key goes with the request. */
export interface PhotoSource {
  url: string;
  needsKey: boolean;
}

/**
 * Says how the photo of a `profile_picture_url` is to be downloaded: by https from Meta, or with our key
 * from WABA itself (`wabaApiUrl` is its base URL). Undefined for any other host.
 */
export function photoSource(link: string, wabaApiUrl: string): PhotoSource | undefined {
  const url = URL.parse(link);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (url.origin === new URL(wabaApiUrl).origin) return { url: url.href, needsKey: true };
  const isMetas =
    url.protocol === 'https:' &&
    url.port === '' &&
    META_DOMAINS.some((domain) => url.hostname.endsWith(domain));
  return isMetas ? { url: url.href, needsKey: false } : undefined;
}

/** What tells a photo from another one: the query is a signature, which is new each time. */
export function photoIdentity(link: string): string {
  return link.split('?')[0] ?? link;
}
