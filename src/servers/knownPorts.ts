/**
 * Where programs that serve models listen on this machine unless they are told otherwise; the set-up asks there after the user
 * has said that it may. Source: the documents of each program.
 */
import { parseAddress } from './address';
import type { ServerAddress } from './address';

/** Ports, with the path that stands in front of `/v1` where there is one. */
const known: readonly (readonly [program: string, port: number, path?: string])[] = [
  ['llama.cpp', 8080],
  ['llama.cpp', 8012],
  ['llama.cpp', 9931],
  ['Ollama', 11_434],
  ['vLLM', 8000],
  ['SGLang', 30_000],
  ['LM Studio', 1234],
  ['Docker Model Runner', 12_434, '/engines'],
];

/** An address to ask at, and the program that is usually there. */
export interface KnownPort {
  readonly program: string;
  readonly address: ServerAddress;
}

export const knownPorts: readonly KnownPort[] = known.flatMap(([program, port, path = '']) => {
  const parsed = parseAddress(`http://127.0.0.1:${port}${path}`);
  return 'address' in parsed ? [{ program, address: parsed.address }] : [];
});
