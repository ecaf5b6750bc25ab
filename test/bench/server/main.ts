/**
 * What a team's server gives and takes: `npm run bench -- server --address URL [--start COMMAND] [--endpoint NAME] [--spelling NAME]
 * [--embeddings URL] [--people LIST] [--seconds N] [--tasks N] [--only PART] [--quick] [--json FILE]`. A real server, of which each row is measured: completion, gate,
 * probabilities, summaries, vectors, cancellation; with `--start`, the benchmark starts its program itself, and hangs and kills
 * it (PART `writing` or `failing`). Then people type at human pace, one and up to 50 (PART `team`), by the product's rules of when to
 * ask and by those of two other extensions. Endpoint and spelling are those of the setting. Without an address, no connection is opened.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decoderFolder } from '../../../src/host/modelPaths';
import { EngineClient } from '../../../src/ipc/engine/client';
import { parseAddress } from '../../../src/servers/address';
import type { ServerAddress } from '../../../src/servers/address';
import { HttpClient } from '../../../src/servers/http/client';
import { questionLimits } from '../../../src/servers/http/limits';
import { probeServer } from '../../../src/servers/probe';
import type { FillEndpoint, ServerModel } from '../../../src/servers/probe';
import { fillProtocols, ServerClient } from '../../../src/servers/serverClient';
import { spellingOf } from '../../../src/servers/spellings';
import { readChanges } from '../typing/changes';
import { failing } from './failing';
import { ServerProgram } from './program';
import { measureTeam, teamRows } from './team';
import { cancelled, judged, tried } from './writing';

const { values } = parseArgs({
  options: {
    address: { type: 'string' },
    start: { type: 'string' },
    endpoint: { type: 'string' },
    spelling: { type: 'string' },
    embeddings: { type: 'string' },
    people: { type: 'string' },
    seconds: { type: 'string' },
    tasks: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const root = process.cwd();
const people = (values.people ?? (values.quick ? '1,10' : '1,2,5,10,50')).split(',').map(Number);
const seconds = Number(values.seconds ?? (values.quick ? 15 : 30));
const judgedTasks = Number(values.tasks ?? (values.quick ? 40 : 240));
const wants = (part: string): boolean => values.only === undefined || values.only === part;

const found: Record<string, number> = {};
function note(prefix: string, figures: Record<string, number>): void {
  for (const [name, value] of Object.entries(figures)) {
    found[`${prefix}${name}`] = Math.round(value * 1_000) / 1_000;
    process.stdout.write(`${prefix}${name}: ${found[`${prefix}${name}`]}\n`);
  }
}

/** @throws {Error} with the sentence why it is none */
function addressOf(text: string): ServerAddress {
  const parsed = parseAddress(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.address;
}

/** What is asked: the first model, as it is said here, else as its program does it, else as its name says, else from left to right. */
async function modelOf(http: HttpClient): Promise<{ readonly kind: string; readonly model: ServerModel }> {
  const { kind, models } = await probeServer(http);
  const [first] = models;
  if (first === undefined) throw new Error('The server lists no model.');
  const { fill = 'completions', ...model } = first;
  if (values.endpoint === undefined) return { kind, model: { ...model, fill } };
  if (!Object.hasOwn(fillProtocols, values.endpoint)) throw new Error(`${values.endpoint} is no endpoint.`);
  const spelling = spellingOf(values.spelling);
  return { kind, model: { ...model, fill: values.endpoint as FillEndpoint, ...(spelling && { spelling }) } };
}

async function main(text: string): Promise<void> {
  const address = addressOf(text);
  const http = new HttpClient({ address });
  const isWell = (): Promise<boolean> =>
    http.json({ path: '/v1/models', limits: questionLimits }).then(() => true, () => false); // prettier-ignore
  const program = values.start === undefined ? undefined : new ServerProgram(values.start, isWell);
  try {
    await program?.start();
    const { kind, model } = await modelOf(http);
    process.stdout.write(`${kind}, ${model.name}, by ${model.fill}, ${judgedTasks} lines\n`);
    if (wants('writing')) await writing(http, model, program);
    if (wants('failing') && program !== undefined) await failingRows(program, address, model);
    if (wants('team')) await teams(address, model, program);
  } finally {
    http.dispose();
    await program?.kill();
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(found, undefined, 2));
}

async function writing(http: HttpClient, model: ServerModel, program: ServerProgram | undefined): Promise<void> {
  const candidate = { address: http.address.origin, kind: 'OpenAI-compatible', model } as const;
  const client = new ServerClient(http, model);
  note('', await tried(http, { ...candidate, purpose: 'completion' }, root));
  note('', await judged(client, model, judgedTasks));
  note('', await tried(http, { ...candidate, purpose: 'summaries' }, root));
  note('', await cancelled(http, client, program));
  const embedding = values.embeddings === undefined ? http : new HttpClient({ address: addressOf(values.embeddings) });
  const { model: encoder } = embedding === http ? { model } : await modelOf(embedding);
  note('', await tried(embedding, { ...candidate, model: encoder, purpose: 'search' }, root));
  if (embedding !== http) embedding.dispose();
}

async function failingRows(program: ServerProgram, address: ServerAddress, model: ServerModel): Promise<void> {
  const engine = new EngineClient({ modulePath: join(root, 'dist/engine.js'), threads: () => 0, log: () => undefined });
  try {
    note('', await failing(program, { address, model }, engine, decoderFolder('', root)));
  } finally {
    engine.dispose();
  }
}

/** Contenders take turns at each size of the team, each at a server that remembers no prompt of the one before. */
async function teams(address: ServerAddress, model: ServerModel, program: ServerProgram | undefined): Promise<void> {
  const changes = await readChanges(['express', 'axios', 'click', 'requests', 'zod'], 120);
  for (const count of people) {
    for (const row of teamRows) {
      process.stderr.write(`${row.name}, ${count}\n`);
      await program?.kill();
      await program?.start();
      note(`${row.name}_${count}_`, await measureTeam(row, count, seconds, { address, model }, changes));
    }
  }
}

if (values.address === undefined) {
  process.stderr.write(
    'Nothing is measured without a server: npm run bench -- server --address http://127.0.0.1:8080\n',
  );
  process.exitCode = 1;
} else void main(values.address);
