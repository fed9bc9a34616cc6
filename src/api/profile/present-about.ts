import type { BusinessProfile } from '../../inbox/profile/profile.ts';

/** Shows the about of a profile where the service has it. */
export function presentAbout({ about }: BusinessProfile): {
  settings: { profile: { about: { text: string } } };
} {
  return { settings: { profile: { about: { text: about } } } };
}
