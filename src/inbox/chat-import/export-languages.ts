/** In which order a phone writes day, month and year. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd';

/** A word for a part of the day, which phones with a twelve-hour clock write before the time or after it. */
export interface HalfWord {
  /** A pattern. */
  word: string;
  /** The hours that it stands for; what is after midnight counts on from 24. */
  from: number;
  until: number;
}

/** What phones write in one language, or in one of its countries. */
export interface ExportLanguage {
  language: string;
  /** Regions or scripts that it is for; `''` for a phone that names none, undefined for every other one. */
  regions?: readonly string[];
  order: DateOrder;
  halves?: readonly HalfWord[];
  /** Between date and time, beside a comma and a space (patterns). */
  between?: readonly string[];
  /** Behind a date and behind a time (patterns). */
  afterDate?: readonly string[];
  afterTime?: readonly string[];
  /** What Android writes behind the name of a file, in brackets. */
  file?: readonly string[];
  /** Parts of what WhatsApp itself says: see `NOTICE_PARTS`. */
  notice?: RegExp;
}

const AM = (...words: string[]): HalfWord[] => words.map((word) => ({ word, from: 0, until: 12 }));
const PM = (...words: string[]): HalfWord[] => words.map((word) => ({ word, from: 12, until: 24 }));

const CHINESE_HALVES: readonly HalfWord[] = [
  ...AM('上午'),
  ...PM('下午'),
  { word: '午夜', from: 0, until: 1 },
  { word: '凌晨', from: 0, until: 6 },
  { word: '清晨', from: 5, until: 9 },
  { word: '早上', from: 5, until: 12 },
  { word: '中午', from: 11, until: 15 },
  { word: '傍晚', from: 16, until: 20 },
  { word: '晚上', from: 17, until: 25 },
];

/** Where the digits of a script begin, in code points: ten in a row. */
export const DIGIT_ZEROS: readonly number[] = [
  0x660, // Arabic
  0x6f0, // Persian and Urdu
  0x966, // Devanagari
  0x9e6, // Bengali
  0xa66, // Gurmukhi
  0xae6, // Gujarati
  0xbe6, // Tamil
  0xc66, // Telugu
  0xce6, // Kannada
  0xd66, // Malayalam
  0xe50, // Thai
  0xed0, // Lao
  0x1040, // Burmese
  0x17e0, // Khmer
  0xff10, // full width
];

/** What else phones write in another form than the patterns have it, by that form. */
export const OTHER_FORMS: Readonly<Record<string, string>> = {
  ' ': '\t\u00a0\u2007\u2009\u202f\u3000',
  ',': '،、，',
  ':': '：',
  '.': '．。',
  '/': '／',
  '-': '‐‑–—−－',
  '[': '［',
  ']': '］',
};

/**
 * The languages, as Unicode's CLDR has them and WhatsApp writes them. The first row that fits a locale says
 * its order; what is not here has the day first, as most of the world does. Words are looked for whatever
 * the locale: the phone that exports and the one that wrote may speak two languages.
 */
export const EXPORT_LANGUAGES: readonly ExportLanguage[] = [
  { language: 'en', regions: ['', 'US', 'PH', 'PR', 'GU'], order: 'mdy' },
  { language: 'en', regions: ['CA', 'ZA'], order: 'ymd' },
  {
    language: 'en',
    order: 'dmy',
    halves: [...AM('a\\.? ?m\\.?'), ...PM('p\\.? ?m\\.?')],
    between: ['at'],
    file: ['file attached'],
    notice:
      /end-to-end encrypted|security code|missed (?:voice|video) call|message was deleted|deleted this message|disappearing messages|business account|blocked this contact|is a contact/i,
  },
  {
    language: 'de',
    order: 'dmy',
    halves: [...AM('vorm\\.?'), ...PM('nachm\\.?')],
    between: ['um'],
    file: ['Datei angehängt'],
    notice:
      /Ende-zu-Ende-verschlüsselt|Sicherheitsnummer|verpasster|Nachricht (?:wurde )?gelöscht|selbstlöschend/i,
  },
  { language: 'es', regions: ['US', 'PA', 'PR'], order: 'mdy' },
  {
    language: 'es',
    order: 'dmy',
    between: ['a las?'],
    file: ['archivo adjunto', 'archivo adjuntado'],
    notice:
      /cifrados de extremo a extremo|código de seguridad|llamada perdida|videollamada perdida|eliminaste este|se eliminó este/i,
  },
  {
    language: 'pt',
    order: 'dmy',
    halves: [
      ...AM('da manhã', 'da madrugada'),
      ...PM('da tarde'),
      { word: 'da noite', from: 18, until: 25 },
    ],
    between: ['às', 'o'],
    file: ['arquivo anexado', 'ficheiro anexado'],
    notice:
      /protegidas com a criptografia|encriptadas ponto a ponto|código de segurança|(?:chamada|ligação) (?:de \S+ )?perdida|mensagem (?:foi )?apagada|apagou esta/i,
  },
  { language: 'fr', regions: ['CA'], order: 'ymd' },
  {
    language: 'fr',
    order: 'dmy',
    between: ['à'],
    file: ['fichier joint'],
    notice:
      /chiffrés de bout en bout|code de sécurité|appel (?:\S+ )?manqué|message a été supprimé|supprimé ce message/i,
  },
  {
    language: 'pl',
    order: 'dmy',
    file: ['plik załączony', 'załączony plik', 'załączono plik'],
    notice:
      /szyfrowane|szyfrowanie|kod zabezpieczeń|nieodebrane|usunięto wiadomość|wiadomość została usunięta/i,
  },
  {
    language: 'ar',
    order: 'dmy',
    halves: [...AM('ص', 'صباحًا', 'صباحا'), ...PM('م', 'مساءً', 'مساء')],
    between: ['في', 'الساعة'],
    file: ['الملف مرفق', 'ملف مرفق'],
    notice:
      /مشفرة تمام|رمز (?:أمانك|الأمان)|مكالمة (?:صوتية|فيديو) فائتة|تم حذف هذه الرسالة|حذ\u064e?فت هذه الرسالة|الرسائل ذاتية الاختفاء|حساب (?:تجاري|أعمال)/,
  },
  // Hong Kong and Macao write as the British did, Singapore as its neighbours do.
  { language: 'zh', regions: ['HK', 'MO', 'SG'], order: 'dmy' },
  {
    language: 'zh',
    order: 'ymd',
    halves: CHINESE_HALVES,
    file: ['文件附件', '附件檔案', '檔案附件', '附加檔案', '附件'],
    notice:
      /端[到對对]端加密|安全(?:代碼|代码|碼|码)|未接(?:語音|语音|視訊|視像|视频)(?:通話|通话|來電|来电)|(?:訊息|消息|信息)已(?:被)?(?:刪除|删除)|已(?:刪除此訊息|删除这条消息)|(?:自動銷毀|限時|阅后即焚|限时)(?:訊息|消息)|商業帳號|商业账号/,
  },
  {
    language: 'ja',
    order: 'ymd',
    halves: [...AM('午前'), ...PM('午後')],
    file: ['添付ファイル有り', '添付ファイル'],
    notice:
      /エンドツーエンド(?:で)?暗号化|セキュリティコード|不在着信|メッセージ(?:は削除されました|を削除しました)|消えるメッセージ|ビジネスアカウント/,
  },
  {
    language: 'ko',
    order: 'ymd',
    halves: [...AM('오전'), ...PM('오후')],
    file: ['파일 첨부됨', '파일 첨부', '첨부 파일'],
    notice:
      /종단간 암호화|암호화되어 안전|보안 코드|부재중 (?:전화|음성|영상)|메시지는 삭제되었|삭제한 메시지|메시지를 삭제했|사라지는 메시지|비즈니스 계정/,
  },
  {
    language: 'bg',
    order: 'dmy',
    halves: [...AM('пр\\. ?об\\.?'), ...PM('сл\\. ?об\\.?')],
    between: ['в'],
    afterDate: ['г\\.?'],
    afterTime: ['ч\\.?'],
    file: ['прикачен файл'],
    notice:
      /криптиран|код за сигурност|пропуснато .{0,20}обаждане|съобщени(?:е|ето) (?:беше|бе) изтрито|изтрихте (?:това )?съобщение|изчезващи съобщения|бизнес акаунт/i,
  },
  {
    language: 'el',
    order: 'dmy',
    halves: [...AM('π\\.? ?μ\\.?'), ...PM('μ\\.? ?μ\\.?')],
    between: ['στις'],
    file: ['συνημμένο αρχείο', 'επισυνάφθηκε αρχείο'],
    notice:
      /κρυπτογραφ|κωδικός ασφαλείας|αναπάντητη|το μήνυμα διαγράφηκε|διαγράψατε (?:αυτό )?το μήνυμα|μηνύματα που εξαφανίζονται|επαγγελματικός λογαριασμός/i,
  },
  {
    language: 'vi',
    order: 'dmy',
    halves: [...AM('SA'), ...PM('CH')],
    between: ['lúc'],
    file: ['tệp đính kèm', 'tập tin đính kèm'],
    notice:
      /mã hóa đầu cuối|mã bảo mật|cuộc gọi (?:\S+ ){0,2}nhỡ|tin nhắn này đã bị x(?:óa|oá)|đã x(?:óa|oá) tin nhắn|tin nhắn tự hủy|tài khoản doanh nghiệp/i,
  },
  {
    language: 'tr',
    order: 'dmy',
    halves: [...AM('ÖÖ'), ...PM('ÖS')],
    file: ['dosya ekli', 'dosya eklendi'],
    notice:
      /uçtan uca şifreli|güvenlik kodu|cevapsız (?:sesli|görüntülü) arama|bu mesaj silindi|bu mesajı sildiniz|süreli mesaj|işletme hesabı/i,
  },
  {
    language: 'ru',
    order: 'dmy',
    halves: [...AM('ДП'), ...PM('ПП')],
    between: ['в'],
    afterDate: ['г\\.?'],
    file: ['файл добавлен', 'файл прикреплен', 'файл прикреплён'],
    notice:
      /защищены .{0,20}шифрованием|код безопасности|пропущенный (?:аудио|видео)звонок|сообщение удалено|удалили (?:это|данное) сообщение|исчезающие сообщения|бизнес-аккаунт/i,
  },
  {
    language: 'he',
    order: 'dmy',
    halves: [...AM('לפנה[״"\']{1,2}צ', 'בבוקר'), ...PM('אחה[״"\']{1,2}צ', 'בערב')],
    between: ['בשעה'],
    file: ['קובץ מצורף', 'הקובץ מצורף'],
    notice:
      /מוצפנות מקצה|קוד האבטחה|שיחה קולית שלא נענתה|שיחת וידאו שלא נענתה|הודעה זו נמחקה|מחקת (?:את ה)?הודעה|הודעות (?:נעלמות|זמניות)|חשבון עסקי/,
  },
  {
    language: 'id',
    order: 'dmy',
    between: ['pukul'],
    file: ['file terlampir', 'berkas terlampir'],
    notice:
      /terenkripsi|kode keamanan|panggilan (?:suara|video) tak terjawab|pesan ini (?:telah )?dihapus|menghapus pesan ini|pesan sementara|akun bisnis/i,
  },
  {
    language: 'hi',
    order: 'dmy',
    halves: [
      ...AM('पूर्वाह्न', 'सुबह'),
      ...PM('अपराह्न', 'शाम'),
      { word: 'दोपहर', from: 11, until: 17 },
      { word: 'रात', from: 18, until: 30 },
    ],
    between: ['को', 'पर'],
    afterTime: ['बजे'],
    file: ['फाइल अटैच कर दी गई है', 'फाइल संलग्न', 'फ़ाइल संलग्न', 'फ़ाइल अटैच की गई'],
    notice:
      /एन्क्रिप्टेड|सुरक्षा कोड|(?:वॉइस|वीडियो) कॉल मिस हुई|मिस्ड (?:वॉइस|वीडियो) कॉल|(?:मैसेज|संदेश) (?:डिलीट|मिटाया)|गायब होने वाले मैसेज|बिज़नेस अकाउंट/,
  },
  { language: 'hu', order: 'ymd' },
  { language: 'lt', order: 'ymd' },
  { language: 'sv', order: 'ymd', between: ['kl\\.?'] },
  // Also where an iPhone counts the years of the Buddha in English.
  { language: 'th', order: 'dmy', afterDate: ['BE', 'พ\\.ศ\\.'], afterTime: ['น\\.'] },
];
