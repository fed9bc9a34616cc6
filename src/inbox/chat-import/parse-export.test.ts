import { describe, expect, it } from 'vitest';
import { type ExportContext, type ExportedChat, parseExport } from './parse-export.ts';

const LATEST = Date.UTC(2026, 0, 1) / 1000;

function read(
  text: string,
  {
    locale = 'en-US',
    names = [],
    files = [],
  }: { locale?: string; names?: string[]; files?: string[] } = {},
): ExportedChat {
  const context: ExportContext = { locale, latest: LATEST, names, filenames: new Set(files) };
  const chat = parseExport(text, context);
  if (typeof chat === 'string') throw new Error(chat);
  return chat;
}

function timesOf(text: string, locale: string): string[] {
  return read(text, { locale }).messages.map(({ localTime }) =>
    new Date(localTime * 1000).toISOString().slice(0, 19),
  );
}

describe('the dates of an exported chat', () => {
  it.each([
    ['en-US', '1/31/22, 9:05 PM - Ada: hi', '2022-01-31T21:05:00'],
    ['en-US', '1/31/22, 9:05\u202fPM - Ada: hi', '2022-01-31T21:05:00'],
    ['en-US', '12/31/21, 12:05 AM - Ada: hi', '2021-12-31T00:05:00'],
    ['en-US', '12/31/21, 12:05 PM - Ada: hi', '2021-12-31T12:05:00'],
    ['en-US', '[1/31/22, 9:05:33 PM] Ada: hi', '2022-01-31T21:05:33'],
    ['en-US', '[1/31/22, 9:05:33\u202fAM] Ada: hi', '2022-01-31T09:05:33'],
    ['en-US', '10/03/2022, 11:00 - Customer 1: Message 1', '2022-10-03T11:00:00'],
    ['en-GB', '10/03/2022, 11:00 - Customer 1: Message 1', '2022-03-10T11:00:00'],
    ['en', '1/2/22, 21:05 - Ada: hi', '2022-01-02T21:05:00'],
    ['en-IN', '1/2/22, 9:05 pm - Ada: hi', '2022-02-01T21:05:00'],
    ['en-CA', '2022-02-01, 9:05 p.m. - Ada: hi', '2022-02-01T21:05:00'],
    ['en-ZA', '2022/02/01, 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['de', '01.02.22, 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['de-DE', '[01.02.22, 21:05:33] Ada: hi', '2022-02-01T21:05:33'],
    ['de-AT', '01.02.22, 9:05 nachm. - Ada: hi', '2022-02-01T21:05:00'],
    ['es', '1/2/22, 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['es-ES', '1/2/22 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['es-MX', '01/02/22, 9:05 p.\u00a0m. - Ada: hi', '2022-02-01T21:05:00'],
    ['es_CO', '[1/2/22, 9:05:33 a. m.] Ada: hi', '2022-02-01T09:05:33'],
    ['es-US', '1/2/22, 21:05 - Ada: hi', '2022-01-02T21:05:00'],
    ['pt-BR', '01/02/2022 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['pt_PT', '01/02/22, 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['pt-BR', '[01/02/2022 21:05:33] Ada: hi', '2022-02-01T21:05:33'],
    ['fr', '01/02/2022, 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['fr-FR', '01/02/2022 à 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['fr-FR', '[01/02/2022 21:05:33] Ada: hi', '2022-02-01T21:05:33'],
    ['fr-CA', '2022-02-01 21 h 05 - Ada: hi', '2022-02-01T21:05:00'],
    ['pl', '1.02.2022, 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['pl-PL', '[1.02.2022, 21:05:33] Ada: hi', '2022-02-01T21:05:33'],
    ['xx', '01/02/2022, 21:05 - Ada: hi', '2022-02-01T21:05:00'],
    ['ko', '2022. 2. 1. 21:05 - Ada: hi', '2022-02-01T21:05:00'],
  ])('are read as a phone in %s writes them: %s', (locale, line, time) => {
    expect(timesOf(line, locale)).toEqual([time]);
  });

  it('are read in the order in which they all exist, whatever the locale says', () => {
    const text = '1/2/22, 9:05 - Ada: a\n13/2/22, 9:05 - Ada: b';
    expect(timesOf(text, 'en-US')).toEqual(['2022-02-01T09:05:00', '2022-02-13T09:05:00']);
  });

  it('are read in the order in which time runs forward, whatever the locale says', () => {
    const text = '11/1/22, 9:05 - Ada: a\n12/1/22, 9:05 - Ada: b\n01/02/22, 9:05 - Ada: c';
    expect(timesOf(text, 'en-US')).toEqual([
      '2022-01-11T09:05:00',
      '2022-01-12T09:05:00',
      '2022-02-01T09:05:00',
    ]);
  });

  it.each([
    ['in the future', '01/02/2030, 21:05 - Ada: hi'],
    ['before there was WhatsApp', '01/02/1999, 21:05 - Ada: hi'],
    ['that are none', '31/31/2022, 21:05 - Ada: hi'],
  ])('%s are refused', (_, line) => {
    const context = { locale: 'en', latest: LATEST, names: [], filenames: new Set<string>() };
    expect(parseExport(line, context)).toBe('no such dates');
  });

  it.each([['hello'], [''], ['{"a": 1}'], ['1/2/22 Ada: hi'], ['Ada: hi\n1/2/22, 9:05 - Ada: hi']])(
    'are where it begins: %j is no exported chat',
    (text) => {
      const context = { locale: 'en', latest: LATEST, names: [], filenames: new Set<string>() };
      expect(parseExport(text, context)).toBe('not an export');
    },
  );
});

describe('the messages of an exported chat', () => {
  it('have several lines where a line begins with no date', () => {
    const text =
      '10/03/2022, 11:00 - Customer 1: Message 1\r\n10/03/2022, 11:00 - Customer 1: Message 2 Line 1\r\n\r\nMessage 2 Line 3\r\n';
    expect(read(text).messages.map((message) => message.text)).toEqual([
      'Message 1',
      'Message 2 Line 1\n\nMessage 2 Line 3',
    ]);
  });

  it('may quote the lines of the other kind of phone', () => {
    const text = '1/2/22, 9:05 - Ada: look:\n[1/2/22, 9:05:33] Ben: hi';
    expect(read(text).messages).toMatchObject([{ text: 'look:\n[1/2/22, 9:05:33] Ben: hi' }]);
  });

  it('are read behind a byte order mark and marks of direction', () => {
    const text = '\ufeff\u200e[1/2/22, 9:05:33] \u202a+49 151 2345\u202c: hi';
    expect(read(text).messages).toMatchObject([{ author: '+49 151 2345', text: 'hi' }]);
  });

  it.each([
    ['1/2/22, 9:05 - Ada: Re: your order', [], 'Ada', 'Re: your order'],
    ['1/2/22, 9:05 - Shop: Ada: hi', ['Shop: Ada'], 'Shop: Ada', 'hi'],
    ['[1/2/22, 9:05:33] ~\u00a0Ada: hi', [], 'Ada', 'hi'],
    ['1/2/22, 9:05 - Ada:\nhi', [], 'Ada', '\nhi'],
  ])('name who wrote them: %j', (line, names, author, text) => {
    expect(read(line, { names }).messages).toMatchObject([{ author, text }]);
  });

  it.each([
    ['1/2/22, 9:05 - Messages and calls are end-to-end encrypted. Tap to learn more.'],
    ['1/2/22, 9:05 - Nachrichten sind Ende-zu-Ende-verschlüsselt.'],
    ['1/2/22, 9:05 - Dotknij, aby dowiedzieć się więcej.'],
    ['[1/2/22, 9:05:33] Ada: \u200eMessages and calls are end-to-end encrypted.'],
    ['[1/2/22, 9:05:33] Ada: \u200eNachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.'],
    [
      '[1/2/22, 9:05:33] Ada: \u200eLos mensajes y las llamadas están cifrados de extremo a extremo.',
    ],
    ['[1/2/22, 9:05:33] Ada: \u200eAs mensagens e ligações são protegidas com a criptografia.'],
    ['[1/2/22, 9:05:33] Ada: \u200eLes messages et les appels sont chiffrés de bout en bout.'],
    ['[1/2/22, 9:05:33] Ada: \u200eWiadomości i połączenia są w pełni szyfrowane.'],
    ['[1/2/22, 9:05:33] Ada: \u200eMissed voice call'],
    ['[1/2/22, 9:05:33] Ada: \u200eLigação de voz perdida'],
    ['[1/2/22, 9:05:33] Ada: \u200eVoice call, \u200e7 min'],
    ['[1/2/22, 9:05:33] Ada: \u200eSprachanruf, \u200eKeine Antwort'],
    ['1/2/22, 9:05 - Ada: '],
  ])('are not what WhatsApp itself says: %s', (line) => {
    expect(read(line).messages).toEqual([]);
  });

  it('stay the words that stand for a file that was left out', () => {
    const lines =
      '1/2/22, 9:05 - Ada: <Media omitted>\n1/2/22, 9:06 - Ada: <Medien ausgeschlossen>';
    expect(read(lines).messages).toMatchObject([
      { text: '<Media omitted>', filename: undefined },
      { text: '<Medien ausgeschlossen>', filename: undefined },
    ]);
    const ios = '[1/2/22, 9:05:33] Ada: \u200eimage omitted';
    expect(read(ios).messages).toMatchObject([{ text: 'image omitted', filename: undefined }]);
  });

  it.each([
    ['1/2/22, 9:05 - Ada: IMG-20220131-WA0001.jpg (file attached)', ''],
    ['1/2/22, 9:05 - Ada: \u200eIMG-20220131-WA0001.jpg (Datei angehängt)\nOur house', 'Our house'],
    ['1/2/22, 9:05 - Ada: IMG-20220131-WA0001.jpg (archivo adjunto)', ''],
    ['1/2/22, 9:05 - Ada: IMG-20220131-WA0001.jpg (arquivo anexado)', ''],
    ['1/2/22, 9:05 - Ada: IMG-20220131-WA0001.jpg (fichier joint)', ''],
    ['1/2/22, 9:05 - Ada: IMG-20220131-WA0001.jpg (plik załączony)', ''],
    ['[1/2/22, 9:05:33] Ada: \u200e<attached: IMG-20220131-WA0001.jpg>', ''],
    ['[1/2/22, 9:05:33] Ada: \u200e<Anhang: IMG-20220131-WA0001.jpg>', ''],
    ['[1/2/22, 9:05:33] Ada: \u200e<adjunto: IMG-20220131-WA0001.jpg>', ''],
    ['[1/2/22, 9:05:33] Ada: \u200e<anexado: IMG-20220131-WA0001.jpg>', ''],
    ['[1/2/22, 9:05:33] Ada: \u200e<pièce jointe : IMG-20220131-WA0001.jpg>', ''],
    ['[1/2/22, 9:05:33] Ada: \u200e<załączono: IMG-20220131-WA0001.jpg>', ''],
    ['[1/2/22, 9:05:33] Ada: Our house \u200e<attached: IMG-20220131-WA0001.jpg>', 'Our house'],
  ])('name a file that is attached: %s', (line, text) => {
    expect(read(line).messages).toMatchObject([{ text, filename: 'IMG-20220131-WA0001.jpg' }]);
  });

  it('name a file in a language that we do not know where the file is there', () => {
    const line = '1/2/22, 9:05 - Ada: a.jpg (bestand bijgevoegd)';
    expect(read(line).messages[0]?.filename).toBeUndefined();
    expect(read(line, { files: ['a.jpg'] }).messages[0]?.filename).toBe('a.jpg');
  });

  it('that only look like a file are texts', () => {
    const text =
      '[1/2/22, 9:05:33] Ada: <see: a.jpg>\n[1/2/22, 9:05:34] Ada: a.jpg (file attached)';
    expect(read(text).messages.map(({ filename }) => filename)).toEqual([undefined, undefined]);
  });

  it('are told apart by the second only where the phone wrote seconds', () => {
    expect(read('1/2/22, 9:05 - Ada: hi').resolution).toBe(60);
    expect(read('[1/2/22, 9:05:33] Ada: hi').resolution).toBe(1);
  });
});
