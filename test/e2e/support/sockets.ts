import { readFileSync } from 'node:fs';
import { requireFromSystem, which } from '../../../scripts/lib/system.mjs';

/** What one program asked the kernel for, its threads and the processes it forked without starting another included. */
export interface Traced {
  /** Its arguments as strace writes them, the program's name first. */
  readonly command: string;
  /** Address families of the sockets it opened: AF_UNIX, AF_INET, … */
  readonly families: ReadonlySet<string>;
  /** Where it connected to by IP, as `host:port`. */
  readonly peers: ReadonlySet<string>;
}

/** Program and arguments that run another program and write to `file` which sockets it and its children open, and where to. */
export function traceSockets(file: string): string[] {
  const strace = requireFromSystem({ find: () => which('strace'), what: 'strace', packages: ['strace'] });
  return [
    strace,
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-s',
    '1000',
    '-e',
    'trace=socket,connect,execve,clone,clone3,fork,vfork',
    '-o',
    file,
    '--',
  ];
}

/** Reads what {@link traceSockets} wrote: one entry for each program that was started. */
export function readTrace(file: string): Traced[] {
  const traced: { command: string; families: Set<string>; peers: Set<string> }[] = [];
  const programOf = new Map<string, { families: Set<string>; peers: Set<string> }>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const thread = /^\d+/.exec(line)?.[0] ?? '';
    // Looking for a program along PATH fails in most places.
    const command = line.includes(' = -1 E') ? undefined : /^\d+ +execve\((.*)$/.exec(line)?.[1];
    const child = /^\d+ +(?:<\.\.\. )?(?:clone3?|v?fork)\b.* = (\d+)$/.exec(line)?.[1];
    const family = /^\d+ +socket\((\w+)/.exec(line)?.[1];
    const peer = /^\d+ +connect\(\d+, \{sa_family=AF_INET6?, .*?sin6?_port=htons\((\d+)\).*?"([\d.:a-f]+)"/.exec(line);
    const program = programOf.get(thread);
    if (command !== undefined) {
      const started = { command, families: new Set<string>(), peers: new Set<string>() };
      traced.push(started);
      programOf.set(thread, started);
    } else if (child !== undefined && program !== undefined) {
      programOf.set(child, program);
    } else if (family !== undefined) {
      if (program === undefined) throw new Error(`strace knows of no program of thread ${thread}: ${line}`);
      program.families.add(family);
    } else if (peer !== null) {
      program?.peers.add(`${peer[2]}:${peer[1]}`);
    }
  }
  return traced;
}
