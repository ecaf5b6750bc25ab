/**
 * What a team's server gives and takes: `npm run bench -- server --address URL [--start COMMAND] [--endpoint NAME] [--spelling NAME]
 * [--embeddings URL [--start-embeddings COMMAND]] [--people LIST] [--seconds N] [--tasks N] [--only PARTS] [--quick] [--json FILE]`.
 * A real server, of which each row is measured: completion, gate, probabilities, summaries, vectors, cancellation; with `--start`,
 * the benchmark starts its program itself, and hangs and kills it (PARTS `writing`, or one of it, and `failing`). Then people
 * type at human pace, one and up to 50 (`team`), by the product's rules of when to ask and by those of two other extensions. Each
 * part has a time of its own. Endpoint and spelling are those of the setting. Without an address, no connection is opened.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decoderFolder } from '../../../src/host/modelPaths';
import type { ServerPurpose } from '../../../src/host/servers/serverState';
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
import { runParts } from './parts';
import type { Figures, Note, Part } from './parts';
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
    'start-embeddings': { type: 'string' },
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
const only = values.only?.split(',');
const wants = (part: string): boolean => only === undefined || only.includes(part);

const found: Record<string, number> = {};
function note(figures: Figures): void {
  for (const [name, value] of Object.entries(figures)) {
    const rounded = (found[name] = Math.round(value * 1_000) / 1_000);
    process.stdout.write(`${name}: ${rounded}\n`);
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
  const program = programAt(http, values.start);
  try {
    await program?.start();
    const { kind, model } = await modelOf(http);
    process.stdout.write(`${kind}, ${model.name}, by ${model.fill}, ${judgedTasks} lines\n`);
    const parts = partsOf(http, model, program).filter(({ name, group }) => wants(name) || wants(group));
    await runParts(parts, note, async (sentence) => {
      process.stderr.write(`${sentence}\n`);
      await program?.kill();
      await program?.start();
    });
  } finally {
    http.dispose();
    await program?.kill();
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(found, undefined, 2));
}

function programAt(http: HttpClient, command: string | undefined): ServerProgram | undefined {
  if (command === undefined) return undefined;
  const isWell = (): Promise<boolean> =>
    http.json({ path: '/v1/models', limits: questionLimits }).then(() => true, () => false); // prettier-ignore
  return new ServerProgram(command, isWell);
}

/** Of what is asked of one server. `seconds` are several times what the slowest server that was measured takes. */
function partsOf(
  http: HttpClient,
  model: ServerModel,
  program: ServerProgram | undefined,
): (Part & { readonly group: string })[] {
  const { address } = http;
  const client = new ServerClient(http, model);
  const tries =
    (purpose: ServerPurpose): Part['run'] =>
    async (take, signal) =>
      take(await tried(http, { address: address.origin, kind: 'OpenAI-compatible', model, purpose }, root, signal));
  const group = 'writing';
  return [
    // Some programs read their model with the first request.
    { name: 'first_answer', group, seconds: 60, run: async (_, signal) => { await client.fill({ path: 'a.ts', context: [], prefix: 'const a = ', suffix: '\n', maxTokens: 4, stop: [] }, { signal }); } },
    { name: 'completion', group, seconds: 40, run: tries('completion') },
    { name: 'gate', group, seconds: values.quick ? 40 : 150, run: async (take, signal) => take(await judged(client, model, judgedTasks, signal)) },
    { name: 'summaries', group, seconds: 40, run: tries('summaries') },
    { name: 'cancelled', group, seconds: 70, run: async (take, signal) => take(await cancelled(http, client, program, signal)) },
    { name: 'vectors', group, seconds: 60, run: values.embeddings === undefined ? tries('search') : vectors },
    ...(program === undefined ? [] : [{ name: 'failing', group: 'failing', seconds: 150, run: (take: Note, signal: AbortSignal) => failingRows(program, address, model, take, signal) }]),
    { name: 'team', group: 'team', seconds: people.length * teamRows.length * (seconds + 60), run: (take) => teams(address, model, program, take) },
  ]; // prettier-ignore
}

/** By a server of its own, which runs only then: its work would be missing from the other. */
async function vectors(take: Note, signal: AbortSignal): Promise<void> {
  const http = new HttpClient({ address: addressOf(values.embeddings ?? '') });
  const program = programAt(http, values['start-embeddings']);
  try {
    await program?.start();
    const { model } = await modelOf(http);
    take(
      await tried(
        http,
        { address: http.address.origin, kind: 'OpenAI-compatible', model, purpose: 'search' },
        root,
        signal,
      ),
    );
  } finally {
    http.dispose();
    await program?.kill();
  }
}

async function failingRows(
  program: ServerProgram,
  address: ServerAddress,
  model: ServerModel,
  take: Note,
  signal: AbortSignal,
): Promise<void> {
  const engine = new EngineClient({ modulePath: join(root, 'dist/engine.js'), threads: () => 0, log: () => undefined });
  try {
    await failing(program, { address, model }, engine, decoderFolder('', root), take, signal);
  } finally {
    engine.dispose();
  }
}

/** Contenders take turns at each size of the team, each at a server that remembers no prompt of the one before. */
async function teams(
  address: ServerAddress,
  model: ServerModel,
  program: ServerProgram | undefined,
  take: Note,
): Promise<void> {
  const changes = await readChanges(['express', 'axios', 'click', 'requests', 'zod'], 120);
  for (const count of people) {
    for (const row of teamRows) {
      process.stderr.write(`${row.name}, ${count}\n`);
      await program?.kill();
      await program?.start();
      const figures = await measureTeam(row, count, seconds, { address, model }, changes);
      take(Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${row.name}_${count}_${name}`, value])));
    }
  }
}

if (values.address === undefined) {
  process.stderr.write(
    'Nothing is measured without a server: npm run bench -- server --address http://127.0.0.1:8080\n',
  );
  process.exitCode = 1;
} else void main(values.address);
