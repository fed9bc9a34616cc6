// `whyUnreachable` imports it when it is first asked; what a test has left to run by then may be asked
// after the file's end, when nobody is there any more to import from, and the whole run breaks off.
export const sockets = await import('cloudflare:sockets');
