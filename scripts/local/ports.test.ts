import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { choosePorts, LOOPBACK } from './ports.ts';

const servers: Server[] = [];

async function takePort(port: number): Promise<void> {
  const server = createServer().listen(port, LOOPBACK);
  servers.push(server);
  await once(server, 'listening');
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('choosePorts', () => {
  it('names the taken port and the variable that changes it', async () => {
    const port = await choosePorts(0, 2);
    await takePort(port);
    await expect(choosePorts(port, 2)).rejects.toThrow(
      `Port ${port} (the router) is already in use. Set PORT to choose another`,
    );
  });

  it('says so when it is the one after PORT that is taken', async () => {
    const port = await choosePorts(0, 2);
    await takePort(port + 1);
    await expect(choosePorts(port, 2)).rejects.toThrow(
      `Port ${port + 1} (the sandbox, PORT+1) is already in use.`,
    );
  });

  it('does not mind the port after PORT where no sandbox needs it', async () => {
    const port = await choosePorts(0, 2);
    await takePort(port + 1);
    await expect(choosePorts(port, 1)).resolves.toBe(port);
  });

  it('finds ports that stand together when any will do', async () => {
    const port = await choosePorts(0, 3);
    for (const offset of [0, 1, 2]) await takePort(port + offset);
    expect(servers.map((server) => server.listening)).toEqual([true, true, true]);
  });
});
