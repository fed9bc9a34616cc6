import { dialogUpstream } from './dialog.ts';
import { metaUpstream } from './meta.ts';
import type { Upstream, WabaAccess } from './upstream.ts';

const META_HOST = 'graph.facebook.com';

/** Returns what serves a stack's number: Meta where its token or its host is set, else 360dialog. */
export function upstreamOf(access: WabaAccess): Upstream {
  return isMetas(access) ? metaUpstream(access) : dialogUpstream(access);
}

/** Whether Meta itself serves the number. */
export function isMetas({ meta, wabaApiUrl }: WabaAccess): boolean {
  return meta !== undefined || URL.parse(wabaApiUrl)?.host === META_HOST;
}

/** Whether there is a key to ask WABA with. */
export function hasWabaKey(access: WabaAccess): boolean {
  return upstreamOf(access).authorization !== undefined;
}
