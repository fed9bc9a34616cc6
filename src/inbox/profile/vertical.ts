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

/** Codes that came later and have no name of the service's; they go by themselves. */
export const UNNAMED_VERTICALS = [
  'ALCOHOL',
  'ONLINE_GAMBLING',
  'PHYSICAL_GAMBLING',
  'OTC_DRUGS',
  'NOT_A_BIZ',
] as const;

const CODES = new Map<string, string>(Object.entries(VERTICALS));
const NAMES = new Map<string, string>(
  Object.entries(VERTICALS).map(([name, code]) => [code, name]),
);

/** WhatsApp's code for an industry, by the service's name for it or by the code itself. */
export function codeOfVertical(vertical: string): string {
  return CODES.get(vertical) ?? vertical;
}

/** What WhatsApp has for a number whose industry nobody has said. */
const UNSAID = 'UNDEFINED';

/** The service's name for WhatsApp's code of an industry; the code where there is none, empty where nobody said. */
export function nameOfVertical(code: string): string {
  if (code === UNSAID) return '';
  return NAMES.get(code) ?? code;
}
