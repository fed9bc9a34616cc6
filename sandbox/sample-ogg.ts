/** Half a second of silence as WhatsApp sends voice notes: Opus in Ogg. */
export function sampleOgg(): Buffer {
  const frames = Array.from({ length: 25 }, () => SILENT_FRAME);
  return Buffer.concat([
    oggPage({ packets: [opusHead()], flags: FIRST_PAGE, granule: 0, sequence: 0 }),
    oggPage({ packets: [opusTags()], flags: 0, granule: 0, sequence: 1 }),
    oggPage({
      packets: frames,
      flags: LAST_PAGE,
      granule: PRE_SKIP + frames.length * FRAME_SAMPLES,
      sequence: 2,
    }),
  ]);
}

const FIRST_PAGE = 0x02;
const LAST_PAGE = 0x04;

/** Opus always counts at 48,000 samples a second; this decoder warm-up is the customary one. */
const PRE_SKIP = 312;

/** 20 ms, mono, that decode to silence. */
const SILENT_FRAME = Buffer.from([0xf8, 0xff, 0xfe]);
const FRAME_SAMPLES = 960;

type Page = { packets: Buffer[]; flags: number; granule: number; sequence: number };

/** One Ogg page of packets shorter than 255 bytes (RFC 3533, section 6). */
function oggPage({ packets, flags, granule, sequence }: Page): Buffer {
  const header = Buffer.alloc(27);
  header.write('OggS');
  header[5] = flags;
  header.writeBigUInt64LE(BigInt(granule), 6);
  header.writeUInt32LE(1, 14); // the stream's serial number
  header.writeUInt32LE(sequence, 18);
  header[26] = packets.length;
  const lengths = Buffer.from(packets.map((packet) => packet.length));
  const page = Buffer.concat([header, lengths, ...packets]);
  page.writeUInt32LE(oggChecksum(page), 22);
  return page;
}

/** Ogg's CRC-32 is not the usual one: the same polynomial, but unreflected and starting at zero. */
function oggChecksum(page: Buffer): number {
  let sum = 0;
  for (const byte of page) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) {
      sum = sum < 0 ? (sum << 1) ^ 0x04c1_1db7 : sum << 1;
    }
  }
  return sum >>> 0;
}

/** The identification header (RFC 7845, section 5.1): one channel, 48 kHz. */
function opusHead(): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head[8] = 1; // version
  head[9] = 1; // channels
  head.writeUInt16LE(PRE_SKIP, 10);
  head.writeUInt32LE(48_000, 12);
  return head;
}

/** The comment header (RFC 7845, section 5.2): a vendor and no comment. */
function opusTags(): Buffer {
  const vendor = Buffer.from('sandbox');
  const tags = Buffer.alloc(8 + 4 + vendor.length + 4);
  tags.write('OpusTags');
  tags.writeUInt32LE(vendor.length, 8);
  tags.set(vendor, 12);
  return tags;
}
