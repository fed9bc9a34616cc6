import type { StackConfig } from '../../config.ts';
import { AS_IT_CAME, dropBody, readAnswer } from '../../outbound/read-answer.ts';
import { USER_AGENT } from '../../outbound/user-agent.ts';
import { readJson } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { type JsonRecord, textOf } from '../../waba/json-record.ts';
import { upstreamOf } from '../../waba/upstream/upstream-of.ts';
import { HEAD_BYTES, typeOfContent } from '../media/magic-number.ts';
import { isCurrent, type RefreshRun, type StepResult } from '../refreshing/refresh.ts';
import { fetchProfile, findProfile, type ProfileRow, writeProfile } from './load-profile.ts';
import { learnNumber } from './own-number.ts';
import { photoIdentity, photoSource } from './photo-url.ts';
import { isPhotoType, MAX_PHOTO_BYTES, PHOTO_KEY } from './profile-photo.ts';

const DEADLINE_MS = 15_000;

/** A photo, whole: it is small. */
interface Photo {
  bytes: Uint8Array;
  mimeType: 'image/jpeg' | 'image/png';
}

/** What the first step leaves to the second. */
const PHOTO_STEP = 'photo';

/**
 * Takes over the number's profile with its about, and in a step of its own the photo: one that cannot be
 * fetched keeps nothing else from being known. Throws where nobody answers.
 */
export async function refreshProfile(stack: StackContext, run: RefreshRun): Promise<StepResult> {
  if (run.cursor === PHOTO_STEP) {
    const photo = await refreshPhoto(stack);
    return { writes: [writeProfile(photo, isCurrent(run))], cursor: undefined };
  }
  const profile = await fetchProfile(stack);
  await learnNumber(stack);
  const columns = { payload: JSON.stringify(profile) };
  return { writes: [writeProfile(columns, isCurrent(run))], cursor: PHOTO_STEP };
}

/** Brings our copy of the photo up to date; returns what to write of it. */
async function refreshPhoto({
  db,
  files,
  config,
}: StackContext): Promise<Pick<ProfileRow, 'photo_type' | 'photo_url'>> {
  const known = await findProfile(db);
  const profile = readJson<JsonRecord>(known?.payload ?? '{}');
  const link = textOf(profile['profile_picture_url']);
  if (link === undefined) return { photo_type: null, photo_url: null };
  const identity = photoIdentity(link);
  if (known?.photo_url === identity) {
    return { photo_type: known.photo_type, photo_url: identity };
  }
  const { bytes, mimeType } = await downloadPhoto(config, link);
  await files.put(PHOTO_KEY, bytes);
  return { photo_type: mimeType, photo_url: identity };
}

/**
 * Downloads the photo that WABA links to. Throws an Error where the link leads elsewhere, nobody
 * answers, or what comes is no photo or too large a one.
 */
export async function downloadPhoto(config: StackConfig, link: string): Promise<Photo> {
  const source = photoSource(link, config.wabaApiUrl);
  if (source === undefined) throw new Error('WABA links to a host we do not know.');
  const key = source.needsKey ? upstreamOf(config).authorization : undefined;
  const headers = { ...key, 'User-Agent': USER_AGENT };
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const response = await fetch(source.url, { headers, redirect: 'manual', signal, ...AS_IT_CAME });
  if (!response.ok) {
    await dropBody(response);
    throw new Error(`The photo was answered with HTTP status ${response.status}.`);
  }
  const { bytes, end } = await readAnswer(response, MAX_PHOTO_BYTES);
  if (end === 'bound') throw new Error('The photo is too large.');
  if (end !== 'whole') throw new Error('The photo broke off.');
  const mimeType = typeOfContent(bytes.subarray(0, HEAD_BYTES));
  if (!isPhotoType(mimeType)) throw new Error('What came is no photo.');
  return { bytes, mimeType };
}
