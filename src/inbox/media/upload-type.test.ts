import { describe, expect, it } from 'vitest';
import { uploadType } from './upload-type.ts';

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const MP4 = Buffer.from('\0\0\0\x20ftypisom', 'latin1');
const ZIP = Buffer.from('PK\x03\x04', 'latin1');
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const TEXT = Buffer.from('hello');

describe('uploadType', () => {
  it.each([
    ['what it declares', 'image/png', 'a.png', PNG, 'image/png'],
    ['what it declares, in its proper spelling', 'Video/3GP', 'a', MP4, 'video/3gpp'],
    ['what its bytes say where it declares nothing', '', undefined, PNG, 'image/png'],
    ['what its bytes say, whatever its name', '', 'a.txt', PNG, 'image/png'],
    ['what its bytes say', 'application/octet-stream', 'a.png', PNG, 'image/png'],
    ['what its name says where the bytes do not', '', 'a.mp4', MP4, 'video/mp4'],
    ['what its name says of a document', '', 'a.txt', TEXT, 'text/plain'],
    ['what its bytes say', 'binary/octet-stream', 'a', PNG, 'image/png'],
    ['what its bytes say', 'application/force-download', 'a', PNG, 'image/png'],
    ['what its name says of a document that is packed', 'application/zip', 'a.docx', ZIP, DOCX],
    ['what it declares of a packed file', 'application/zip', 'a.zip', ZIP, 'application/zip'],
    ['unknown where the name lies', '', 'a.mp4', TEXT, 'application/octet-stream'],
    ['unknown where nothing says it', '', undefined, TEXT, 'application/octet-stream'],
    ['unknown for a page', 'text/html', 'a.html', TEXT, 'application/octet-stream'],
    [
      'unknown for a drawing with scripts',
      'image/svg+xml',
      'a.svg',
      TEXT,
      'application/octet-stream',
    ],
  ])('is %s', (_, declaredType, filename, head, type) => {
    expect(uploadType({ declaredType, filename }, head)).toBe(type);
  });

  it.each([
    ['image/jpeg', PNG],
    ['image/png', TEXT],
    ['image/webp', PNG],
    ['audio/ogg', MP4],
    ['audio/mp3', TEXT],
    ['video/mp4', TEXT],
    ['application/pdf', PNG],
  ])('refuses as %s what does not begin like it', (declaredType, head) => {
    expect(uploadType({ declaredType, filename: undefined }, head)).toBeUndefined();
  });
});
