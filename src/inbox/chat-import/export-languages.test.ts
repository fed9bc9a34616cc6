import { describe, expect, it } from 'vitest';
import { type ExportContext, type ExportedChat, parseExport } from './parse-export.ts';

const LATEST = Date.UTC(2026, 0, 1) / 1000;

function read(text: string, locale = 'en', files: string[] = []): ExportedChat {
  const context: ExportContext = {
    locale,
    latest: LATEST,
    names: [],
    filenames: new Set(files),
  };
  const chat = parseExport(text, context);
  if (typeof chat === 'string') throw new Error(chat);
  return chat;
}

/** What is read of one line: when, of whom, what. */
function lineIn(locale: string, line: string): (string | undefined)[] {
  const [message] = read(line, locale).messages;
  const time = new Date((message?.localTime ?? 0) * 1000).toISOString().slice(0, 19);
  return [time, message?.author, message?.text];
}

const EVENING = '2022-02-01T21:05:00';
const EVENING_33 = '2022-02-01T21:05:33';
const MORNING = '2022-02-01T09:05:00';

describe('an exported chat', () => {
  it.each([
    ['ar', '١‏/٢‏/٢٠٢٢، ٩:٠٥ م - أحمد: مرحبا', EVENING, 'أحمد', 'مرحبا'],
    ['ar-EG', '\u200f١/٢/٢٠٢٢، ٩:٠٥ ص - أحمد: مرحبا', MORNING, 'أحمد', 'مرحبا'],
    ['ar-SA', '٢٠٢٢/٢/١, ٩:٠٥\u00a0م - أحمد: مرحبا', EVENING, 'أحمد', 'مرحبا'],
    ['ar-AE', '01/02/2022, 9:05 م - Ada: hi', EVENING, 'Ada', 'hi'],
    ['ar', '[١\u200f/٢\u200f/٢٠٢٢، ٩:٠٥:٣٣\u202fم] ‏أحمد: مرحبا', EVENING_33, 'أحمد', 'مرحبا'],
    ['ar', '\u200f[1/2/2022، 21:05:33] Ada: hi', EVENING_33, 'Ada', 'hi'],
    ['zh-CN', '2022/2/1 下午9:05 - 小明: 你好', EVENING, '小明', '你好'],
    ['zh-CN', '2022/2/1 晚上9:05 - 小明: 你好', EVENING, '小明', '你好'],
    ['zh-CN', '2022/2/1 早上9:05 - 小明: 你好', MORNING, '小明', '你好'],
    ['zh-CN', '2022/2/1 凌晨12:05 - 小明: 你好', '2022-02-01T00:05:00', '小明', '你好'],
    ['zh-CN', '2022/2/1 中午12:05 - 小明: 你好', '2022-02-01T12:05:00', '小明', '你好'],
    ['zh-CN', '2022/2/1 中午1:05 - 小明: 你好', '2022-02-01T13:05:00', '小明', '你好'],
    ['zh-CN', '2022/2/1 21:05 - 小明: 你好', EVENING, '小明', '你好'],
    ['zh-CN', '2022年2月1日 下午9:05 - 小明: 你好', EVENING, '小明', '你好'],
    ['zh-Hant-TW', '[2022/2/1 下午9:05:33] 小明: 你好', EVENING_33, '小明', '你好'],
    ['zh-HK', '1/2/2022 下午9:05 - 小明: 你好', EVENING, '小明', '你好'],
    ['zh-Hant-HK', '[1/2/2022 下午9:05:33] 小明: 你好', EVENING_33, '小明', '你好'],
    ['ja', '2022/02/01 21:05 - 太郎: はい', EVENING, '太郎', 'はい'],
    ['ja-JP', '2022/02/01 午後9:05 - 太郎: はい', EVENING, '太郎', 'はい'],
    ['ja', '2022/02/01 午後0:05 - 太郎: はい', '2022-02-01T12:05:00', '太郎', 'はい'],
    ['ja', '2022/02/01 午前0:05 - 太郎: はい', '2022-02-01T00:05:00', '太郎', 'はい'],
    ['ja', '[2022/02/01 21:05:33] 太郎: はい', EVENING_33, '太郎', 'はい'],
    ['ja', '[2022/02/01 9:05:33 午後] 太郎: はい', EVENING_33, '太郎', 'はい'],
    ['ja', '２０２２/０２/０１ ２１：０５ - 太郎: はい', EVENING, '太郎', 'はい'],
    ['ko', '2022. 2. 1. 오후 9:05 - 민수: 안녕', EVENING, '민수', '안녕'],
    ['ko-KR', '22. 2. 1. 오전 9:05 - 민수: 안녕', MORNING, '민수', '안녕'],
    ['ko', '2022. 2. 1. 오후 12:05 - 민수: 안녕', '2022-02-01T12:05:00', '민수', '안녕'],
    ['ko', '2022. 2. 1. 오전 12:05 - 민수: 안녕', '2022-02-01T00:05:00', '민수', '안녕'],
    ['ko', '[2022. 2. 1. 오후 9:05:33] 민수: 안녕', EVENING_33, '민수', '안녕'],
    ['ko', '2022년 2월 1일 오후 9:05 - 민수: 안녕', EVENING, '민수', '안녕'],
    ['bg', '1.02.22\u00a0г., 21:05\u00a0ч. - Иван: здравей', EVENING, 'Иван', 'здравей'],
    ['bg-BG', '1.02.2022 г., 9:05 сл.об. - Иван: здравей', EVENING, 'Иван', 'здравей'],
    ['bg', '[1.02.22 г., 21:05:33 ч.] Иван: здравей', EVENING_33, 'Иван', 'здравей'],
    ['bg', '[1.02.22 г., 9:05:33 пр.об.] Иван: а', '2022-02-01T09:05:33', 'Иван', 'а'],
    ['el', '1/2/22, 9:05 μ.μ. - Άννα: γεια', EVENING, 'Άννα', 'γεια'],
    ['el-GR', '1/2/22, 9:05 π.μ. - Άννα: γεια', MORNING, 'Άννα', 'γεια'],
    ['el', '[1/2/22, 9:05:33\u202fμ.μ.] Άννα: γεια', EVENING_33, 'Άννα', 'γεια'],
    ['el', '[1/2/22, 9:05:33 μμ] Άννα: γεια', EVENING_33, 'Άννα', 'γεια'],
    ['vi', '21:05, 01/02/2022 - Lan: chào', EVENING, 'Lan', 'chào'],
    ['vi', '01/02/2022, 21:05 - Lan: chào', EVENING, 'Lan', 'chào'],
    ['vi-VN', '9:05 CH, 1/2/22 - Lan: chào', EVENING, 'Lan', 'chào'],
    ['vi', '01/02/2022 9:05 SA - Lan: chào', MORNING, 'Lan', 'chào'],
    ['vi', '[21:05:33, 1/2/2022] Lan: chào', EVENING_33, 'Lan', 'chào'],
    ['tr', '1.02.2022 21:05 - Ayşe: selam', EVENING, 'Ayşe', 'selam'],
    ['tr-TR', '1.02.2022 ÖS 9:05 - Ayşe: selam', EVENING, 'Ayşe', 'selam'],
    ['tr', '1.02.2022 9:05 ÖÖ - Ayşe: selam', MORNING, 'Ayşe', 'selam'],
    ['tr', '[1.02.2022 21:05:33] Ayşe: selam', EVENING_33, 'Ayşe', 'selam'],
    ['ru', '01.02.2022, 21:05 - Иван: привет', EVENING, 'Иван', 'привет'],
    ['ru-RU', '[01.02.2022, 21:05:33] Иван: привет', EVENING_33, 'Иван', 'привет'],
    ['ru', '01.02.2022, 9:05 PM - Иван: привет', EVENING, 'Иван', 'привет'],
    ['he', '1.2.2022, 21:05 - דנה: שלום', EVENING, 'דנה', 'שלום'],
    ['he-IL', '\u200f1.2.2022, 9:05 אחה״צ - דנה: שלום', EVENING, 'דנה', 'שלום'],
    ['he', '1.2.2022, 9:05 לפנה"צ - דנה: שלום', MORNING, 'דנה', 'שלום'],
    ['iw', '[1.2.2022, 21:05:33] \u200fדנה: שלום', EVENING_33, 'דנה', 'שלום'],
    ['id', '01/02/22 21.05 - Budi: halo', EVENING, 'Budi', 'halo'],
    ['id-ID', '01/02/2022, 21.05 - Budi: halo', EVENING, 'Budi', 'halo'],
    ['id', '[01/02/22 21.05.33] Budi: halo', EVENING_33, 'Budi', 'halo'],
    ['hi', '1/2/22, 9:05 pm - आशा: नमस्ते', EVENING, 'आशा', 'नमस्ते'],
    ['hi-IN', '१/२/२०२२, ९:०५ अपराह्न - आशा: नमस्ते', EVENING, 'आशा', 'नमस्ते'],
    ['hi', '1/2/22, रात 9:05 - आशा: नमस्ते', EVENING, 'आशा', 'नमस्ते'],
    ['hi', '1/2/22, रात 9:05 बजे - आशा: नमस्ते', EVENING, 'आशा', 'नमस्ते'],
    ['hi', '2/2/22, रात 12:05 - आशा: नमस्ते', '2022-02-02T00:05:00', 'आशा', 'नमस्ते'],
    ['hi', '[01/02/22, 9:05:33 PM] आशा: नमस्ते', EVENING_33, 'आशा', 'नमस्ते'],
    ['th', '1/2/2565 21:05 - Nok: hi', EVENING, 'Nok', 'hi'],
    ['th', '1/2/65 21:05 น. - Nok: hi', EVENING, 'Nok', 'hi'],
    ['en-TH', '[2/1/2565 BE, 21:05:33] Nok: hi', '2022-01-02T21:05:33', 'Nok', 'hi'],
  ])('of a phone in %s is read: %s', (locale, line, time, author, text) => {
    expect(lineIn(locale, line)).toEqual([time, author, text]);
  });

  it.each([
    ['晚上12:05', '00:05'],
    ['晚上11:05', '23:05'],
    ['下午1:05', '13:05'],
    ['上午12:05', '00:05'],
    ['午夜12:05', '00:05'],
    ['下午21:05', '21:05'],
  ])('says the hour by the part of the day: %s is %s', (written, time) => {
    expect(lineIn('zh-CN', `2022/2/1 ${written} - a: b`)[0]).toBe(`2022-02-01T${time}:00`);
  });

  it('has its messages told apart where a time comes first', () => {
    const text = '[21:05:33, 1/2/22] Lan: một\nhai\n[21:06:00, 1/2/22] Nam: 1/2/22, 21:07 - x';
    expect(read(text, 'vi').messages.map((one) => one.text)).toEqual([
      'một\nhai',
      '1/2/22, 21:07 - x',
    ]);
  });
});

describe('what WhatsApp itself says', () => {
  it.each([
    '\u200fالرسائل والمكالمات مشفرة تمامًا بين الطرفين.',
    '\u200eتغيّر رمز أمانك المُستخدَم مع أحمد. انقر هنا لمعرفة المزيد.',
    '\u200fمكالمة صوتية فائتة',
    '\u200fلقد حذَفت هذه الرسالة.',
    '\u200e消息和通话都进行端到端加密。',
    '\u200e訊息和通話經端對端加密。',
    '\u200e未接語音通話',
    '\u200e这条消息已被删除。',
    '\u200e您已刪除此訊息。',
    '\u200e您與小明的安全碼已變更。',
    '\u200eメッセージと通話はエンドツーエンド暗号化されています。',
    '\u200eメッセージと通話はエンドツーエンドで暗号化されています。',
    '\u200e音声通話不在着信',
    '\u200eこのメッセージは削除されました。',
    '\u200e메시지 및 전화는 종단간 암호화되어 안전합니다.',
    '\u200e부재중 영상통화',
    '\u200e이 메시지는 삭제되었습니다.',
    '\u200eСъобщенията и обажданията ви са подсигурени с криптиране от край до край.',
    '\u200eПропуснато гласово обаждане',
    '\u200eСъобщението беше изтрито',
    '\u200eΤα μηνύματα και οι κλήσεις κρυπτογραφούνται πλήρως.',
    '\u200eΑναπάντητη φωνητική κλήση',
    '\u200eΑυτό το μήνυμα διαγράφηκε.',
    '\u200eTin nhắn và cuộc gọi được mã hóa đầu cuối.',
    '\u200eCuộc gọi nhỡ',
    '\u200eTin nhắn này đã bị xóa.',
    '\u200eBạn đã xoá tin nhắn này.',
    '\u200eMesajlar ve aramalar uçtan uca şifrelidir.',
    '\u200eCevapsız görüntülü arama',
    '\u200eBu mesaj silindi.',
    '\u200eСообщения и звонки защищены сквозным шифрованием.',
    '\u200eПропущенный видеозвонок',
    '\u200eДанное сообщение удалено.',
    '\u200fההודעות והשיחות מוצפנות מקצה-לקצה.',
    '\u200fשיחה קולית שלא נענתה',
    '\u200fמחקת את ההודעה הזו.',
    '\u200ePesan dan panggilan terenkripsi secara end-to-end.',
    '\u200ePanggilan suara tak terjawab',
    '\u200ePesan ini dihapus.',
    '\u200eमैसेजेस और कॉल्स एंड-टू-एंड एन्क्रिप्टेड हैं.',
    '\u200eवॉइस कॉल मिस हुई',
    '\u200eयह मैसेज डिलीट कर दिया गया है.',
    '\u200fمكالمة صوتية، \u200f٣ دقائق',
    '\u200e語音通話，\u200e3 分鐘',
  ])('is no message: %s', (text) => {
    expect(read(`[1/2/22, 9:05:33] Ada: ${text}`).messages).toEqual([]);
  });

  it.each(['Bu mesaj silindi mi?', 'Сообщение удалено', '这条消息已被删除。'])(
    'is somebody’s message where it is not marked: %s',
    (text) => {
      expect(read(`[1/2/22, 9:05:33] Ada: ${text}`).messages).toMatchObject([{ text }]);
    },
  );

  it.each([
    '1‏/2‏/2022، 9:05 م - الرسائل والمكالمات مشفرة تمامًا بين الطرفين. انقر لمعرفة المزيد.',
    '2022/2/1 下午9:05 - 消息和通话都进行端到端加密。点击了解更多。',
    '1.02.22 г., 21:05 ч. - Съобщенията са криптирани.',
    '21:05, 01/02/2022 - Tin nhắn và cuộc gọi được mã hóa đầu cuối.',
    '01/02/22 21.05 - Pesan dan panggilan terenkripsi secara end-to-end.',
  ])('has no author on Android: %s', (line) => {
    expect(read(line).messages).toEqual([]);
  });
});

describe('a file', () => {
  const NAME = 'IMG-20220131-WA0001.jpg';

  it.each([
    'الملف مرفق',
    '文件附件',
    '附件檔案',
    '添付ファイル有り',
    '파일 첨부됨',
    'прикачен файл',
    'συνημμένο αρχείο',
    'tệp đính kèm',
    'dosya ekli',
    'файл добавлен',
    'קובץ מצורף',
    'file terlampir',
    'फाइल अटैच कर दी गई है',
  ])('is named by Android with the words (%s)', (words) => {
    const line = `1/2/22, 9:05 - Ada: \u200e${NAME} (${words})\nOur house`;
    expect(read(line).messages).toMatchObject([{ filename: NAME, text: 'Our house' }]);
    const rightToLeft = `1/2/22, 9:05 - Ada: \u200f${NAME}\u200f (\u200f${words})`;
    expect(read(rightToLeft).messages).toMatchObject([{ filename: NAME, text: '' }]);
  });

  it.each([
    '<المُرفق: NAME>',
    '<\u200fمرفق: \u200eNAME>',
    '<附件：NAME>',
    '<附件: NAME>',
    '<添付ファイル: NAME>',
    '<첨부됨: NAME>',
    '<приложено: NAME>',
    '<επισυνάφθηκε: NAME>',
    '<đính kèm: NAME>',
    '<eklendi: NAME>',
    '<NAME eklendi>',
    '<прикреплено: NAME>',
    '<מצורף: NAME>',
    '<terlampir: NAME>',
    '<अटैच किया गया: NAME>',
  ])('is named by an iPhone as %s', (words) => {
    for (const mark of ['\u200e', '\u200f']) {
      const line = `[1/2/22, 9:05:33] Ada: Our house ${mark}${words.replace('NAME', NAME)}`;
      expect(read(line).messages).toMatchObject([{ filename: NAME, text: 'Our house' }]);
    }
  });

  it.each([
    '<تم استبعاد الوسائط>',
    '<省略多媒體檔案>',
    '<メディアは含まれていません>',
    '<미디어 파일을 제외한 메시지>',
    '<Без файлове>',
    '<Đã bỏ qua phương tiện>',
    '<Medya dahil edilmedi>',
    '<Без медиафайлов>',
    '<המדיה לא נכללה>',
    '<Media tidak disertakan>',
    '<मीडिया के बिना>',
  ])('that was left out stays the words that stand for it: %s', (words) => {
    const message = { text: words, filename: undefined };
    expect(read(`1/2/22, 9:05 - Ada: ${words}`).messages).toMatchObject([message]);
    expect(read(`[1/2/22, 9:05:33] Ada: \u200f${words}`).messages).toMatchObject([message]);
  });
});

describe('the time that reading takes', () => {
  const START = '[1/2/22, 9:05:33] Ada: ';

  function msOf(text: string): number {
    const startedAt = performance.now();
    parseExport(text, { locale: 'en', latest: LATEST, names: [], filenames: new Set() });
    return performance.now() - startedAt;
  }

  it.each([
    ['marks', '\u200f'],
    ['spaces', '\u202f'],
    ['digits', '١'],
    ['beginnings of a date', '1/2/22, '],
    ['beginnings of a line', '\n[1/2/22, 9:05:3'],
    ['ends of lines', '\n'],
    ['beginnings of a file', '<a: a.a'],
    ['marked beginnings of a file', '\u200f<a'],
    ['dots', '<a: ..........'],
    ['words for halves of the day', '\n1/2/22, 下午'],
  ])('grows with the text only: %s', (_, part) => {
    const text = (count: number) => START + part.repeat(Math.ceil(count / part.length));
    msOf(text(50_000));
    const [short, long] = [msOf(text(50_000)), msOf(text(800_000))];
    expect(long).toBeLessThan(16 * 8 * Math.max(short, 4));
  });
});
