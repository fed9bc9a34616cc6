import type { StackContext } from '../../store/open-stack.ts';
import { textOf } from '../../waba/json-record.ts';
import { isCurrent, type RefreshRun, type StepResult } from '../refreshing/refresh.ts';
import { downloadPhoto } from './download-photo.ts';
import { fetchProfile, findProfile, writeProfile, type ProfileRow } from './load-profile.ts';
import { learnNumber } from './own-number.ts';
import { PHOTO_KEY } from './photo-file.ts';
import { photoIdentity } from './photo-url.ts';

/** Takes over the number's profile, about and photo in one step. Throws where WABA does not answer. */
export async function refreshProfile(stack: StackContext, run: RefreshRun): Promise<StepResult> {
  const profile = await fetchProfile(stack);
  const photo = await refreshPhoto(stack, textOf(profile['profile_picture_url']));
  await learnNumber(stack);
  const columns = { payload: JSON.stringify(profile), ...photo };
  return { writes: [writeProfile(columns, isCurrent(run))], cursor: undefined };
}

/** Brings our copy of the photo up to date; returns what to write of it. */
async function refreshPhoto(
  { db, files, config }: StackContext,
  link: string | undefined,
): Promise<Pick<ProfileRow, 'photo_type' | 'photo_url'>> {
  const known = await findProfile(db);
  if (link === undefined) return { photo_type: null, photo_url: null };
  const identity = photoIdentity(link);
  if (known?.photo_url === identity) {
    return { photo_type: known.photo_type, photo_url: identity };
  }
  const { bytes, mimeType } = await downloadPhoto(config, link);
  await files.put(PHOTO_KEY, bytes);
  return { photo_type: mimeType, photo_url: identity };
}
