import type { Section } from './section.ts';
import { cost } from './sections/cost.ts';
import { fanOut } from './sections/fan-out.ts';
import { growth } from './sections/growth.ts';
import { ingest } from './sections/ingest.ts';
import { isolation } from './sections/isolation.ts';
import { outbox } from './sections/outbox.ts';
import { soak } from './sections/soak.ts';
import { sockets } from './sections/sockets.ts';

/** All sections, in the order in which they run. */
export const SECTIONS: readonly Section[] = [
  ingest,
  fanOut,
  isolation,
  sockets,
  outbox,
  cost,
  growth,
  soak,
];
