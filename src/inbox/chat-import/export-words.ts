/** In which order a phone writes day, month and year. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd';

export const DATE_ORDERS: readonly DateOrder[] = ['dmy', 'mdy', 'ymd'];

interface OrderRow {
  language: string;
  /** Regions that it is for; `''` for a phone that names none, undefined for every other one. */
  regions?: readonly string[];
  order: DateOrder;
}

/** The first row that fits counts. What is not here writes the day first, as most of the world does. */
const ORDERS: readonly OrderRow[] = [
  { language: 'en', regions: ['', 'US', 'PH', 'PR', 'GU'], order: 'mdy' },
  { language: 'en', regions: ['CA', 'ZA'], order: 'ymd' },
  { language: 'en', order: 'dmy' },
  { language: 'de', order: 'dmy' },
  { language: 'es', regions: ['US', 'PA', 'PR'], order: 'mdy' },
  { language: 'es', order: 'dmy' },
  { language: 'pt', order: 'dmy' },
  { language: 'fr', regions: ['CA'], order: 'ymd' },
  { language: 'fr', order: 'dmy' },
  { language: 'pl', order: 'dmy' },
  { language: 'hu', order: 'ymd' },
  { language: 'ja', order: 'ymd' },
  { language: 'ko', order: 'ymd' },
  { language: 'lt', order: 'ymd' },
  { language: 'sv', order: 'ymd' },
  { language: 'zh', order: 'ymd' },
];

/** Returns the order of a phone's locale, such as `en-US`, `pt_BR` or `de`. */
export function orderOfLocale(locale: string): DateOrder {
  const [language = '', ...rest] = locale.split(/[-_]/);
  const region = rest.find((part) => part.length === 2)?.toUpperCase() ?? '';
  const row = ORDERS.find(
    (one) => one.language === language.toLowerCase() && (one.regions?.includes(region) ?? true),
  );
  return row?.order ?? 'dmy';
}

/** What phones write between a date and a time, beside a comma and a space (patterns). */
export const BETWEEN_WORDS = ['à', 'às', 'a las?', 'um', 'o', 'at', 'kl\\.?'];

/** What phones with a twelve-hour clock write after the hour (patterns). */
export const HALVES: readonly { pattern: string; isAfternoon: boolean }[] = [
  { pattern: 'a\\.?\\s?m\\.?', isAfternoon: false },
  { pattern: 'p\\.?\\s?m\\.?', isAfternoon: true },
  { pattern: 'vorm\\.?', isAfternoon: false },
  { pattern: 'nachm\\.?', isAfternoon: true },
  { pattern: 'da manhã', isAfternoon: false },
  { pattern: 'da tarde', isAfternoon: true },
  { pattern: 'da noite', isAfternoon: true },
];

/** What Android writes behind the name of a file (in brackets), by language. */
export const FILE_WORDS: readonly string[] = [
  'file attached',
  'Datei angehängt',
  'archivo adjunto',
  'arquivo anexado',
  'ficheiro anexado',
  'fichier joint',
  'plik załączony',
  'załączono plik',
];

/**
 * Parts of what WhatsApp itself says in an export from an iPhone, where it stands there as if one of the
 * two had written it. On Android such a line has no author, in any language.
 */
export const NOTICE_PARTS: readonly RegExp[] = [
  // A call and how it went, both marked as nobody can type them: in any language.
  /^\u200e[^\n\u200e]{1,40}, \u200e[^\n]{1,40}$/,
  /end-to-end encrypted|security code|missed (?:voice|video) call|message was deleted|deleted this message/i,
  /disappearing messages|business account|blocked this contact|is a contact/i,
  /Ende-zu-Ende-verschlüsselt|Sicherheitsnummer|verpasster|Nachricht (?:wurde )?gelöscht|selbstlöschend/i,
  /cifrados de extremo a extremo|código de seguridad|llamada perdida|videollamada perdida|eliminaste este|se eliminó este/i,
  /protegidas com a criptografia|encriptadas ponto a ponto|código de segurança|(?:chamada|ligação) (?:de \S+ )?perdida|mensagem (?:foi )?apagada|apagou esta/i,
  /chiffrés de bout en bout|code de sécurité|appel (?:\S+ )?manqué|message a été supprimé|supprimé ce message/i,
  /szyfrowane|szyfrowanie|kod zabezpieczeń|nieodebrane|usunięto wiadomość|wiadomość została usunięta/i,
];
