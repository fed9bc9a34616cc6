import type { StackContext } from '../../store/open-stack.ts';
import { readJson } from '../../store/json-column.ts';
import { textOf, type JsonRecord } from '../../waba/json-record.ts';
import { isCurrent, type RefreshRun, type StepResult } from '../refreshing/refresh.ts';
import { downloadPhoto } from './download-photo.ts';
import { fetchProfile, findProfile, writeProfile, type ProfileRow } from './load-profile.ts';
import { learnNumber } from './own-number.ts';
import { PHOTO_KEY } from './photo-file.ts';
import { photoIdentity } from './photo-url.ts';

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
