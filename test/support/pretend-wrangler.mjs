// A stand-in for wrangler and the account behind it: what is made is in the JSON file PRETEND_ACCOUNT. It refuses
// what Cloudflare would refuse: a deployment whose database, bucket or queues are not there, and secrets of no Worker.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

const PATH = process.env['PRETEND_ACCOUNT'];
const account = existsSync(PATH)
  ? JSON.parse(readFileSync(PATH, 'utf8'))
  : { d1: [], r2: [], queues: {}, workers: {}, migrated: [] };

const args = process.argv.slice(2);
appendFileSync(`${PATH}.log`, `${args.join(' ')}\n`);
const config = optionOf('--config') ? JSON.parse(readFileSync(optionOf('--config'), 'utf8')) : {};
if (process.env['PRETEND_FAILURE'] && args.join(' ').includes(process.env['PRETEND_FAILURE'])) {
  fail('A request to the Cloudflare API failed. Internal error [code: 10013]');
}
act();
writeFileSync(PATH, JSON.stringify(account));

function act() {
  const [noun, verb, third, fourth] = args;
  if (noun === 'whoami') return;
  if (noun === 'd1' && verb === 'info') return must(account.d1.includes(third), 'No such database');
  if (noun === 'd1' && verb === 'create') return void account.d1.push(fresh(account.d1, third));
  if (noun === 'd1' && verb === 'migrations') return migrate(fourth);
  if (noun === 'r2' && third === 'info') return must(account.r2.includes(fourth), 'No such bucket');
  if (noun === 'r2' && third === 'create') return void account.r2.push(fresh(account.r2, fourth));
  if (noun === 'queues' && verb === 'info') return must(account.queues[third], 'No such queue');
  if (noun === 'queues' && verb === 'create') {
    fresh(Object.keys(account.queues), third);
    account.queues[third] = { retention: optionOf('--message-retention-period-secs') };
    return;
  }
  if (noun === 'secret') return secret(verb, third);
  if (noun === 'deploy') return deploy();
  fail(`The stand-in knows no "${args.join(' ')}".`);
}

function migrate(binding) {
  const database = config.d1_databases.find((one) => one.binding === binding);
  must(database && account.d1.includes(database.database_name), `No database for ${binding}`);
  account.migrated.push(database.database_name);
}

function secret(verb, name) {
  const worker = account.workers[config.name];
  must(worker, `Worker "${config.name}" not found. [code: 10007]`);
  if (verb === 'delete') delete worker.secrets[name];
  else if (verb === 'list') {
    console.log(JSON.stringify(Object.keys(worker.secrets).map((own) => ({ name: own }))));
  } else fail(`The stand-in knows no secret ${verb}.`);
}

function deploy() {
  for (const { database_name: name, database_id: id } of config.d1_databases) {
    must(account.d1.includes(name) && id === undefined, `binding DB: no database ${name} (${id})`);
    must(account.migrated.includes(name), `${name} was not migrated before the code came`);
  }
  for (const { bucket_name: name } of config.r2_buckets) must(account.r2.includes(name), name);
  const queues = [...config.queues.producers, ...config.queues.consumers];
  for (const { queue, dead_letter_queue: dead = queue } of queues) {
    must(account.queues[queue] && account.queues[dead], `Queue "${queue}" does not exist.`);
  }
  const file = optionOf('--secrets-file');
  const secrets = file ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const before = account.workers[config.name] ?? { secrets: {}, versions: 0 };
  account.workers[config.name] = {
    secrets: { ...before.secrets, ...secrets },
    versions: before.versions + 1,
    config,
  };
  if (!config.routes) console.log(`Deployed\n  https://${config.name}.someone.workers.dev`);
}

function optionOf(name) {
  const index = args.indexOf(name);
  return index < 0 ? undefined : args[index + 1];
}

function fresh(taken, name) {
  must(!taken.includes(name), `${name} already exists.`);
  return name;
}

function must(condition, problem) {
  if (!condition) fail(problem);
}

function fail(problem) {
  console.error(`✘ [ERROR] ${problem}`);
  process.exit(1);
}
