import { LOOPBACK } from './ports.ts';
import { DEFAULT_STACK, hostOf, stackSetting, type Environment } from './stack-setting.ts';

/** What runs. */
export type PageFacts = {
  port: number;
  /** Names of the stacks, the default one first. */
  stacks: readonly string[];
  /** Base URLs of the sandboxes, by stack. */
  sandboxUrls: ReadonlyMap<string, string>;
  stateDir: string;
  /** Whether the login below opens nothing any more: the stack has users of its own. */
  isLoginOld?: boolean;
};

const OLD_LOGIN =
  'This password no longer counts: the stack has users, and theirs are in the database (State).';

/** What `npm start` prints once it serves: every address, the login and the first thing to try. */
export function startPage(env: Environment, facts: PageFacts): string {
  const sandboxUrl = sandboxUrlOf(facts, DEFAULT_STACK);
  const parts = [
    [readyLine(facts.port), ...addresses(env, facts)],
    subscribeSteps(env, facts.port),
    ...(sandboxUrl === undefined ? [] : [customerSteps(sandboxUrl), answerSteps(sandboxUrl)]),
    ['Ctrl-C stops it.'],
  ];
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

/** Tests and scripts wait for this line. */
function readyLine(port: number): string {
  return `Waypost is ready on http://localhost:${port}`;
}

/** `localhost` like all the other addresses: a reader should not have to wonder about a difference. */
function sandboxUrlOf({ sandboxUrls }: PageFacts, stack: string): string | undefined {
  return sandboxUrls.get(stack)?.replace(`//${LOOPBACK}:`, '//localhost:');
}

function addresses(env: Environment, facts: PageFacts): string[] {
  const { port, stacks, stateDir } = facts;
  const base = `http://localhost:${port}`;
  const sandboxUrl = sandboxUrlOf(facts, DEFAULT_STACK);
  const username = stackSetting(env, DEFAULT_STACK, 'ADMIN_USERNAME');
  const password = env['ADMIN_PASSWORD'] ? '(ADMIN_PASSWORD)' : defaultPassword(env);
  const rows = [
    ['API', `${base}/api/v1/`],
    ['Websocket', `ws://localhost:${port}/ws`],
    ['Login', `${username} / ${password}`],
    ...(facts.isLoginOld === true ? [['', OLD_LOGIN]] : []),
    ['WhatsApp', sandboxUrl === undefined ? env['WABA_API_URL'] : `${sandboxUrl} (a sandbox)`],
    ['  calls', `${base}/waba/webhook`],
    ...stacks.slice(1).map((stack) => {
      const ownSandbox = sandboxUrlOf(facts, stack);
      const suffix = ownSandbox === undefined ? '' : `, sandbox ${ownSandbox}`;
      return [`Stack ${stack}`, `http://${hostOf(stack, port)}${suffix}`];
    }),
    ['State', stateDir],
  ];
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(12)} ${value}`);
}

/** The steps from here on are those of the README. */
function subscribeSteps(env: Environment, port: number): string[] {
  const username = stackSetting(env, DEFAULT_STACK, 'ADMIN_USERNAME');
  // A password of one's own is not repeated on the screen.
  const password = env['ADMIN_PASSWORD']
    ? '--data-urlencode "password=$ADMIN_PASSWORD"'
    : field(`password=${defaultPassword(env)}`);
  return [
    'In another terminal: sign in, and subscribe a server that prints what it gets.',
    `  BASE=http://localhost:${port}`,
    `  export TOKEN=$(curl -s $BASE/api/v1/auth/token/ ${field(`username=${username}`)} ${password} | cut -d'"' -f4)`,
    `  node -e 'require("http").createServer((q,s)=>{q.on("end",()=>console.log()).pipe(process.stdout);s.end()}).listen(9000)' &`,
    '  curl -s $BASE/api/v1/webhooks/waba/ -H "Authorization: Token $TOKEN" \\',
    '    -d url=http://localhost:9000/ -d on_incoming_message=true -d on_outgoing_message=true',
  ];
}

function defaultPassword(env: Environment): string | undefined {
  return stackSetting(env, DEFAULT_STACK, 'ADMIN_PASSWORD');
}

function customerSteps(sandboxUrl: string): string[] {
  return [
    'Let a customer write; the server prints it. It is in the API, too.',
    `  curl -s ${phoneAt(sandboxUrl)} -d '{"name":"Ada","text":"Hello!"}'`,
    '  curl -s "$BASE/api/v1/messages/?wa_id=15550001111" -H "Authorization: Token $TOKEN"',
  ];
}

function answerSteps(sandboxUrl: string): string[] {
  return [
    'Answer, and look at the phone. The statuses come back to the webhook with getchat_id inside.',
    `  curl -s $BASE/api/v1/messages/ -H "Authorization: Token $TOKEN" -H 'Content-Type: application/json' \\`,
    `    -d '{"wa_id":"15550001111","type":"text","text":{"body":"Hi Ada!"}}'`,
    `  curl -s ${phoneAt(sandboxUrl)}`,
  ];
}

function phoneAt(sandboxUrl: string): string {
  return `${sandboxUrl}/customers/15550001111/messages`;
}

/** An option that makes curl send exactly this: plain where nothing in it means something to curl or the shell. */
function field(text: string): string {
  if (/^[\w./:=-]+$/.test(text)) return `-d ${text}`;
  return `--data-urlencode '${text.replaceAll("'", `'\\''`)}'`;
}
