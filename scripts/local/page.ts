import { DEFAULT_STACK, hostOf, stackSetting, type Environment } from './stack-setting.ts';

/** What runs. */
export type PageFacts = {
  port: number;
  /** Names of the stacks, the default one first. */
  stacks: readonly string[];
  /** Base URLs of the sandboxes, by stack. */
  sandboxUrls: ReadonlyMap<string, string>;
  stateDir: string;
};

/** What `npm start` prints once it serves: every address, the login and the first thing to try. */
export function startPage(env: Environment, facts: PageFacts): string {
  const sandboxUrl = facts.sandboxUrls.get(DEFAULT_STACK);
  const parts = [
    [readyLine(facts.port), ...addresses(env, facts)],
    subscribeSteps(env, facts.port),
    ...(sandboxUrl === undefined ? [] : [customerSteps(sandboxUrl)]),
    ['Ctrl-C stops it.'],
  ];
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

/** Tests and scripts wait for this line. */
function readyLine(port: number): string {
  return `Waypost is ready on http://localhost:${port}`;
}

function addresses(env: Environment, { port, stacks, sandboxUrls, stateDir }: PageFacts): string[] {
  const base = `http://localhost:${port}`;
  const sandboxUrl = sandboxUrls.get(DEFAULT_STACK);
  const username = stackSetting(env, DEFAULT_STACK, 'ADMIN_USERNAME');
  const password = env['ADMIN_PASSWORD'] ? '(ADMIN_PASSWORD)' : defaultPassword(env);
  const rows = [
    ['API', `${base}/api/v1/`],
    ['Websocket', `ws://localhost:${port}/ws`],
    ['Login', `${username} / ${password}`],
    ['WhatsApp', sandboxUrl === undefined ? env['WABA_API_URL'] : `${sandboxUrl} (a sandbox)`],
    ['  calls', `${base}/waba/webhook`],
    ...stacks.slice(1).map((stack) => {
      const ownSandbox = sandboxUrls.get(stack);
      const suffix = ownSandbox === undefined ? '' : `, sandbox ${ownSandbox}`;
      return [`Stack ${stack}`, `http://${hostOf(stack, port)}${suffix}`];
    }),
    ['State', stateDir],
  ];
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(12)} ${value}`);
}

function subscribeSteps(env: Environment, port: number): string[] {
  const username = stackSetting(env, DEFAULT_STACK, 'ADMIN_USERNAME');
  // A password of one's own is not repeated on the screen.
  const password = env['ADMIN_PASSWORD']
    ? '"password=$ADMIN_PASSWORD"'
    : quoted(`password=${defaultPassword(env)}`);
  return [
    'In another terminal: sign in, and subscribe a server that prints what it gets.',
    `  BASE=http://localhost:${port}`,
    `  TOKEN=$(curl -s $BASE/api/v1/auth/token/ --data-urlencode ${quoted(`username=${username}`)} \\`,
    `    --data-urlencode ${password} | cut -d'"' -f4)`,
    `  node -e 'require("http").createServer((q,s)=>{q.pipe(process.stdout);s.end()}).listen(9000)' &`,
    '  curl -s $BASE/api/v1/webhooks/waba/ -H "Authorization: Token $TOKEN" \\',
    '    -d url=http://localhost:9000/ -d on_incoming_message=true',
  ];
}

function defaultPassword(env: Environment): string | undefined {
  return stackSetting(env, DEFAULT_STACK, 'ADMIN_PASSWORD');
}

function customerSteps(sandboxUrl: string): string[] {
  const phone = `${sandboxUrl}/customers/15550001111/messages`;
  return [
    'Let a customer write; the server above prints it. Then answer, and look at the phone.',
    `  curl -s ${phone} -d '{"name":"Ada","text":"Hello!"}'`,
    '  curl -s $BASE/api/v1/messages/ -H "Authorization: Token $TOKEN" \\',
    `    -H 'Content-Type: application/json' \\`,
    `    -d '{"wa_id":"15550001111","type":"text","text":{"body":"Hi Ada!"}}'`,
    `  curl -s ${phone}`,
  ];
}

/** A word of the shell that says exactly this. */
function quoted(text: string): string {
  return /^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
