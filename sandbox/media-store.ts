import { createHash, randomBytes, randomInt } from 'node:crypto';

/** A stored file, uploaded by the business or sent by a phone. */
export type StoredMedia = {
  id: string;
  bytes: Uint8Array;
  mimeType: string;
  origin: 'upload' | 'phone';
  /** Hex of the SHA-256, as `GET /{id}` gives it; webhooks have the same in base64. */
  sha256: string;
  /** The hash of each URL handed out, and the moment (ms since 1970) it stops working. */
  urls: Map<string, number>;
  deleteAt: number;
};

/** The host in every media URL; clients must put 360dialog's own in its place. */
const MEDIA_HOST = 'https://lookaside.fbsbx.com';
const MEDIA_PATH = '/whatsapp_business/attachments/';

/** Uploaded files live for 30 days, those of incoming messages for 7. */
const DAY_MS = 86_400_000;
const LIFE_MS = { upload: 30 * DAY_MS, phone: 7 * DAY_MS };

/** Keeps media in memory and hands out URLs that expire. */
export class MediaStore {
  readonly #media = new Map<string, StoredMedia>();
  readonly #urlLifeMs: number;

  /** URLs work for so many milliseconds. */
  constructor(urlLifeMs: number) {
    this.#urlLifeMs = urlLifeMs;
  }

  /** Stores a file under a new id. */
  add(bytes: Uint8Array, mimeType: string, origin: StoredMedia['origin']): StoredMedia {
    const id = `${randomInt(1, 10)}${String(randomInt(1e14)).padStart(14, '0')}`;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const deleteAt = Date.now() + LIFE_MS[origin];
    const media = { id, bytes, mimeType, origin, sha256, urls: new Map(), deleteAt };
    this.#media.set(id, media);
    return media;
  }

  /** The file of that id, unless it was deleted or is past its days. */
  get(id: string): StoredMedia | undefined {
    const media = this.#media.get(id);
    return media && media.deleteAt > Date.now() ? media : undefined;
  }

  /** Deletes a file; false when there is none of that id. */
  delete(id: string): boolean {
    return this.get(id) !== undefined && this.#media.delete(id);
  }

  /** A fresh URL of the file. */
  urlOf(media: StoredMedia, host: string = MEDIA_HOST): string {
    const now = Date.now();
    for (const [hash, expiresAt] of media.urls) {
      if (expiresAt <= now) media.urls.delete(hash);
    }
    const hash = randomBytes(24).toString('base64url');
    const expiresAt = now + this.#urlLifeMs;
    media.urls.set(hash, expiresAt);
    const ext = Math.ceil(expiresAt / 1_000);
    return `${host}${MEDIA_PATH}?mid=${media.id}&ext=${ext}&hash=${hash}`;
  }

  /** The file a URL's query names, while that URL works. */
  open(query: URLSearchParams): StoredMedia | undefined {
    const media = this.get(query.get('mid') ?? '');
    const expiresAt = media?.urls.get(query.get('hash') ?? '');
    return expiresAt !== undefined && expiresAt > Date.now() ? media : undefined;
  }
}
