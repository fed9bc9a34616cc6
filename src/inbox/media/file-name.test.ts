import { describe, expect, it } from 'vitest';
import { cleanFileName, fileNameOf, typeOfName } from './file-name.ts';

describe('cleanFileName', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['Größe 中文 🙂.pdf', 'Größe 中文 🙂.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\a.txt', 'a.txt'],
    ['a\r\nSet-Cookie: x.txt', 'aSet-Cookie: x.txt'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['\uD83D.txt', '\uFFFD.txt'],
  ])('makes %j into %j', (name, clean) => {
    expect(cleanFileName(name)).toBe(clean);
  });

  it.each(['', '  ', '.', '..', 'folder/', '\0'])('finds no name in %j', (name) => {
    expect(cleanFileName(name)).toBeUndefined();
  });

  it('cuts a long name and keeps its extension', () => {
    const clean = cleanFileName(`${'🙂'.repeat(300)}.pdf`) ?? '';
    expect(Array.from(clean)).toHaveLength(120);
    expect(clean).toMatch(/🙂\.pdf$/u);
  });
});

describe('typeOfName', () => {
  it.each([
    ['a.JPG', 'image/jpeg'],
    ['a.b.jpeg', 'image/jpeg'],
    ['voice.opus', 'audio/ogg'],
    ['a', undefined],
    ['a.html', undefined],
    ['a.', undefined],
  ])('takes %s for %s', (name, type) => {
    expect(typeOfName(name)).toBe(type);
  });
});

describe('fileNameOf', () => {
  const id = '497f6eca-6276-4993-bfeb-53cbbbba6f08';

  it('is the name the file came with', () => {
    const file = { id, filename: 'x/Invoice.pdf', mime_type: 'application/pdf' };
    expect(fileNameOf(file)).toBe('Invoice.pdf');
  });

  it('is made of the id and the type where it came without one', () => {
    const file = { id, filename: null, mime_type: 'audio/ogg; codecs=opus' };
    expect(fileNameOf(file)).toBe(`${id}.ogg`);
    expect(fileNameOf({ ...file, mime_type: 'font/x' })).toBe(`${id}.bin`);
  });
});
