import { describe, expect, it } from 'vitest';
import { roomFaults, roomsOf } from './room-faults.ts';

const ARCHITECTURE = `
| room                         | what happens in it |
| ---------------------------- | ------------------ |
| \`src/index.ts\`               | wiring           |
| \`src/api/\`                   | the surface      |
| \`src/inbox/\`                 | the domain       |
| \`src/error.ts\`, \`src/log.ts\` | for all          |
`;
const ROOMS = ['index.ts', 'api', 'inbox', 'error.ts', 'log.ts'];

const faultsOf = (sources: Record<string, string>) =>
  roomFaults(new Map(Object.entries(sources)), ROOMS);

it('reads the rooms from the table of the architecture, from the top to the bottom', () => {
  expect(roomsOf(ARCHITECTURE)).toEqual(ROOMS);
  expect(() => roomsOf('No table here.')).toThrow('no table of rooms');
});

describe('the order of the rooms', () => {
  it('lets imports go down, stay in a room, and go among the files that are for all', () => {
    const sources = {
      'index.ts': "import { app } from './api/app.ts';",
      'api/app.ts': "import { chat } from '../inbox/chats/chat.ts';\nimport './errors.ts';",
      'inbox/chats/chat.ts': "import { z } from 'zod';\nimport { log } from '../../log.ts';",
      'error.ts': "import { log } from './log.ts';",
      'log.ts': "import { WaypostError } from './error.ts';",
    };
    expect(faultsOf(sources)).toEqual([]);
  });

  it.each([
    ['a value', "import { app } from '../api/app.ts';"],
    ['a type', "import type { App } from '../api/app.ts';"],
    ['several lines', "import {\n  app,\n} from '../api/app.ts';"],
    ['what is handed on', "export { app } from '../api/app.ts';"],
    ['an effect', "import '../api/app.ts';"],
    ['what is loaded later', "const { app } = await import('../api/app.ts');"],
  ])('names who imports a room above it: %s', (_what, text) => {
    expect(faultsOf({ 'inbox/chat.ts': text })).toEqual([
      'src/inbox/chat.ts imports src/api/app.ts, which is above it',
    ]);
  });

  it('names a file for all that imports a room, and a room that imports what wires them', () => {
    const sources = {
      'log.ts': "import { chat } from './inbox/chat.ts';",
      'api/app.ts': "import worker from '../index.ts';",
    };
    expect(faultsOf(sources)).toEqual([
      'src/log.ts imports src/inbox/chat.ts, which is above it',
      'src/api/app.ts imports src/index.ts, which is above it',
    ]);
  });

  it('names what lies in no room', () => {
    expect(faultsOf({ 'helpers/text.ts': '', 'time.ts': '' })).toEqual([
      'src/helpers/text.ts lies in no room of docs/architecture.md',
      'src/time.ts lies in no room of docs/architecture.md',
    ]);
  });
});
