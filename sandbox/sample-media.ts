import { crc32, deflateSync } from 'node:zlib';
import { sampleOgg } from './sample-ogg.ts';

/** Makers of small valid files, by MIME type without parameters. */
const SAMPLES = new Map<string, () => Buffer>([
  ['image/png', samplePng],
  ['image/jpeg', sampleJpeg],
  ['image/webp', sampleWebp],
  ['audio/ogg', sampleOgg],
  ['video/mp4', sampleMp4],
  ['application/pdf', samplePdf],
  ['text/plain', () => Buffer.from('A note from the pretend phone.\n')],
]);

/** A small valid file of that type, or undefined for a type the sandbox cannot make. */
export function sampleMedia(type: string): Uint8Array | undefined {
  return SAMPLES.get(type)?.();
}

/** The types sampleMedia can make. */
export function sampleTypes(): string[] {
  return [...SAMPLES.keys()];
}

/** 64 × 64 pixels of WhatsApp green. */
function samplePng(): Buffer {
  const side = 64;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits a channel, RGB
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(side * 3, Buffer.of(0x25, 0xd3, 0x66))]);
  const pixels = deflateSync(Buffer.alloc(row.length * side, row));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

/** 8 × 8 grey pixels: one block whose coefficients are all zero, with the least of tables. */
function sampleJpeg(): Buffer {
  const oneCode = [1, ...Array.from({ length: 15 }, () => 0), 0]; // one code of one bit: symbol 0
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    jpegSegment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    jpegSegment(0xdb, [0, ...Array.from({ length: 64 }, () => 1)]),
    jpegSegment(0xc0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
    jpegSegment(0xc4, [0x00, ...oneCode]),
    jpegSegment(0xc4, [0x10, ...oneCode]),
    jpegSegment(0xda, [1, 1, 0x00, 0, 63, 0]),
    Buffer.of(0x3f, 0xff, 0xd9), // no DC difference, end of block, padding of ones
  ]);
}

function jpegSegment(marker: number, data: number[]): Buffer {
  const length = data.length + 2;
  return Buffer.of(0xff, marker, length >> 8, length & 0xff, ...data);
}

/** A sticker of 512 × 512 pixels in one colour: lossless WebP whose codes need no bits per pixel. */
function sampleWebp(): Buffer {
  const side = 512;
  const fields: [value: number, bits: number][] = [
    [side - 1, 14],
    [side - 1, 14],
    [1, 1], // with alpha
    [0, 3], // version
    [0, 3], // no transform, no colour cache, one set of codes
  ];
  // Green, red, blue, alpha, distance: each a code of the single symbol named.
  for (const symbol of [0xd3, 0x25, 0x66, 0xff, 0x00]) {
    fields.push([1, 1], [0, 1], [1, 1], [symbol, 8]);
  }
  const bitstream = Buffer.concat([Buffer.of(0x2f), packedBits(fields)]);
  const padded = bitstream.length % 2 === 0 ? bitstream : Buffer.concat([bitstream, Buffer.of(0)]);
  const chunk = Buffer.concat([Buffer.from('WEBPVP8L'), uint32le(bitstream.length), padded]);
  return Buffer.concat([Buffer.from('RIFF'), uint32le(chunk.length), chunk]);
}

/** Fields written one after the other, the least significant bit of each first. */
function packedBits(fields: [value: number, bits: number][]): Buffer {
  const bits = fields.flatMap(([value, count]) =>
    Array.from({ length: count }, (_, index) => (value >> index) & 1),
  );
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [index, bit] of bits.entries()) {
    bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (index & 7));
  }
  return bytes;
}

/** The frame of an MP4 without tracks: enough for who looks at the boxes. */
function sampleMp4(): Buffer {
  const movieHeader = Buffer.alloc(100);
  movieHeader.writeUInt32BE(1_000, 12); // units a second
  movieHeader.writeUInt32BE(0x0001_0000, 20); // rate 1.0
  movieHeader.writeUInt16BE(0x0100, 24); // volume 1.0
  for (const [index, value] of [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000].entries()) {
    movieHeader.writeUInt32BE(value, 36 + index * 4);
  }
  movieHeader.writeUInt32BE(1, 96); // next track
  return Buffer.concat([
    mp4Box('ftyp', Buffer.concat([Buffer.from('isom'), uint32(0x200), Buffer.from('isommp42')])),
    mp4Box('moov', mp4Box('mvhd', movieHeader)),
    mp4Box('mdat', Buffer.alloc(0)),
  ]);
}

function mp4Box(name: string, data: Buffer): Buffer {
  return Buffer.concat([uint32(data.length + 8), Buffer.from(name), data]);
}

/** One page with one line of text. */
function samplePdf(): Buffer {
  const drawing = 'BT /F1 18 Tf 20 60 Td (From the pretend phone) Tj ET';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 260 120] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  let table = '0000000000 65535 f \n';
  for (const [index, object] of objects.entries()) {
    table += `${String(file.length).padStart(10, '0')} 00000 n \n`;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const size = objects.length + 1;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}xref\n0 ${size}\n${table}${trailer}`);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint32le(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
