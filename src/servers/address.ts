/**
 * Which addresses a server may have, and whether one is this machine's own; used by the set-up and by the HTTP client. Pure:
 * no name is looked up here.
 */

/** An address that may be used. */
export interface ServerAddress {
  /** As the status item shows it: scheme, host and port, without a path. */
  readonly origin: string;
  readonly secure: boolean;
  /** Without brackets, as sockets take it; names of other alphabets in Punycode. */
  readonly host: string;
  readonly port: number;
  /** What stands in front of every path of the protocols: empty, or with `/` at its start and none at its end. */
  readonly basePath: string;
  /** Whether only this machine can be meant. */
  readonly isLoopback: boolean;
}

/** An address, or one sentence why it is none. The sentence holds nothing of the text, which may have a password in it. */
export type ParsedAddress = { readonly address: ServerAddress } | { readonly problem: string };

const maxAddressLength = 2_048;

/** @param text as a person writes it, `http://127.0.0.1:8080` or with the `/v1` of OpenAI's protocol behind it */
export function parseAddress(text: string): ParsedAddress {
  const written = text.trim();
  if (written.length > maxAddressLength) return { problem: 'The address of the server is too long.' };
  // Parsers of addresses drop some of these, so that another host is asked than the one that is read.
  if (/[\s\p{C}\\]/u.test(written))
    return { problem: 'The address of the server has a character that no address has.' };
  const url = URL.parse(written);
  if (url === null || !/^https?:\/\/[^/]/i.test(written))
    return { problem: 'The address of the server must look like http://127.0.0.1:8080 or https://models.example.org.' };
  // `http://127.0.0.1@elsewhere.example` names elsewhere.example.
  if (/^[^/]*\/\/[^/?#]*@/.test(written))
    return { problem: 'The address of the server must have no user name or password; a key has a place of its own.' };
  if (/[?#]/.test(written)) return { problem: 'The address of the server must end with its host or a path.' };
  const secure = url.protocol === 'https:';
  const isLoopback = isLoopbackHost(url.hostname);
  if (!secure && !isLoopback)
    return {
      problem: 'A server on another machine must have an https address: with http, others could read your code.',
    };
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  // Nothing listens at port 0, and these hosts mean every address of a machine.
  if (port === 0 || host === '0.0.0.0' || host === '::')
    return { problem: 'The address of the server must name one host, and a port that is not 0.' };
  const basePath = url.pathname.replace(/\/+$/, '').replace(/\/+v1$/, '');
  return { address: { origin: url.origin, secure, host, port, basePath, isLoopback } };
}

/**
 * Whether a host can be this machine alone: 127.0.0.0/8, ::1, what IPv6 writes of the former (RFC 4291), and `localhost`
 * (RFC 6761). A name that merely resolves to such an address is not: it can resolve to another one a moment later.
 *
 * @param hostname as `URL` normalises it, so that `127.1` and `0x7f000001` are written in full
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return host === 'localhost' || isLoopbackIp(host);
}

/** The same for what a name was resolved to. @param ip of either kind, `::ffff:127.0.0.1` and `::ffff:7f00:1` alike */
export function isLoopbackIp(ip: string): boolean {
  const plain = ip.replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (/^127\.\d+\.\d+\.\d+$/.test(plain)) return true;
  return ip === '::1' || /^::ffff:7f[\da-f]{2}:[\da-f]{1,4}$/i.test(ip);
}
