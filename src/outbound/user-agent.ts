/** What every request of ours says of who asks; Meta refuses downloads that do not say it. */
export const USER_AGENT = 'Waypost (webhook router)';
