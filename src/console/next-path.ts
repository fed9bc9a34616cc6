/** Where who has signed in goes. */
export const HOME = '/app/';

/**
 * Returns where a browser goes after signing in: the path that `next` names, if it is one of ours
 * (`origin`, such as `https://inbox.example.com`), else home. Never another site's.
 */
export function nextPath(next: string | undefined, origin: string): string {
  if (next === undefined || !next.startsWith('/') || !URL.canParse(next, origin)) return HOME;
  const url = new URL(next, origin);
  // `/\evil` and `//evil` are read as another host's; `/.//evil` would be on the way out.
  if (url.origin !== origin || url.pathname.startsWith('//')) return HOME;
  return `${url.pathname}${url.search}${url.hash}`;
}
