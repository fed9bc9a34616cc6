/** The industries by the names that the service's clients know, each with WhatsApp's code for it. */
export const VERTICALS = {
  Automotive: 'AUTO',
  'Beauty, Spa and Salon': 'BEAUTY',
  'Clothing and Apparel': 'APPAREL',
  Education: 'EDU',
  Entertainment: 'ENTERTAIN',
  'Event Planning and Service': 'EVENT_PLAN',
  'Finance and Banking': 'FINANCE',
  'Food and Grocery': 'GROCERY',
  'Public Service': 'GOVT',
  'Hotel and Lodging': 'HOTEL',
  'Medical and Health': 'HEALTH',
  'Non-profit': 'NONPROFIT',
  'Professional Services': 'PROF_SERVICES',
  'Shopping and Retail': 'RETAIL',
  'Travel and Transportation': 'TRAVEL',
  Restaurant: 'RESTAURANT',
  Other: 'OTHER',
} as const;

/** Codes that came later and have no name of the service's: WhatsApp shows them under these. They are told by themselves. */
export const UNNAMED_VERTICALS = {
  'Alcoholic Beverages': 'ALCOHOL',
  'Online Gambling & Gaming': 'ONLINE_GAMBLING',
  'Non-Online Gambling & Gaming': 'PHYSICAL_GAMBLING',
  'Over-the-Counter Drugs': 'OTC_DRUGS',
  'Not a Business': 'NOT_A_BIZ',
  'Matrimonial Service': 'MATRIMONY_SERVICE',
} as const;

/** What WhatsApp has for a number whose industry nobody has said. */
const UNSAID = 'UNDEFINED';

/** Codes by all that they are called, in the spelling of `keyOf`. */
const CODES = new Map<string, string>(
  [...Object.entries(VERTICALS), ...Object.entries(UNNAMED_VERTICALS)].flatMap(([name, code]) => [
    [keyOf(name), code],
    [keyOf(code), code],
  ]),
);
const NAMES = new Map<string, string>(
  Object.entries(VERTICALS).map(([name, code]) => [code, name]),
);

/**
 * WhatsApp's code for an industry, by the service's or WhatsApp's name for it or by the code, in any case; empty
 * for none. Undefined for what is no industry.
 */
export function codeOfVertical(vertical: string): string | undefined {
  const key = keyOf(vertical);
  return key === '' || key === keyOf(UNSAID) ? '' : CODES.get(key);
}

/** The service's name for WhatsApp's code of an industry; the code where there is none, empty where nobody said. */
export function nameOfVertical(code: string): string {
  if (code === UNSAID) return '';
  return NAMES.get(code) ?? code;
}

/** Names are spelled with "&" and with "and", codes with "_" and with blanks. */
function keyOf(vertical: string): string {
  return vertical
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/[^a-z]+/g, ' ')
    .trim();
}
