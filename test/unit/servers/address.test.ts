import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isLoopbackHost, isLoopbackIp, parseAddress } from '../../../src/servers/address';
import type { ServerAddress } from '../../../src/servers/address';

function accepted(text: string): ServerAddress {
  const parsed = parseAddress(text);
  assert.ok('address' in parsed, `${text} is refused`);
  return parsed.address;
}

function refused(text: string): string {
  const parsed = parseAddress(text);
  assert.ok('problem' in parsed, `${text} is accepted`);
  return parsed.problem;
}

describe('servers/address', () => {
  it('takes addresses as people and documents write them', () => {
    assert.deepEqual(accepted(' http://127.0.0.1:8080/v1/ '), {
      origin: 'http://127.0.0.1:8080',
      secure: false,
      host: '127.0.0.1',
      port: 8080,
      basePath: '',
      isLoopback: true,
    });
    assert.equal(accepted('http://localhost:12434/engines/v1').basePath, '/engines');
    assert.equal(accepted('http://localhost//v1').basePath, '');
    assert.deepEqual(
      ['https://models.example.org', 'https://[2001:db8::1]:8443'].map((text) => accepted(text).port),
      [443, 8443],
    );
    assert.equal(accepted('https://[2001:db8::1]:8443').host, '2001:db8::1');
  });

  const loopback = [
    'http://127.0.0.1',
    'http://127.255.255.254:1',
    'http://127.1',
    'http://0x7f.1',
    'http://2130706433',
    'http://0177.0.0.1',
    'http://[::1]',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f12:3456]',
    'http://localhost',
    'http://LOCALHOST:8080',
  ];
  for (const text of loopback) it(`knows ${text} for loopback`, () => assert.ok(accepted(text).isLoopback));

  const elsewhere = [
    '127.0.0.1.example.com',
    '127.0.0.1.nip.io',
    'localhost.example.com',
    'localhost.',
    'my.localhost',
    'notlocalhost',
    '128.0.0.1',
    '0.0.0.0',
    '126.255.255.255',
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '[::]',
    '[::2]',
    '[::ffff:128.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[fe80::1]',
    '[1::1]',
    'xn--lcalhost-t3b',
    'localhost1',
  ];
  for (const host of elsewhere) {
    it(`does not take ${host} for loopback`, () => {
      assert.equal(isLoopbackHost(host), false);
      refused(`http://${host}`);
    });
  }

  const tricks: readonly string[] = [
    'http://127.0.0.1@example.com',
    'http://127.0.0.1:80@example.com/',
    'http://user:secret-word@127.0.0.1',
    'http://@127.0.0.1',
    'http://127.0.0.1\\@example.com',
    'http://127.0.0.1\t.example.com',
    'http://local\u00adhost',
    'http://127.0.0.1#@example.com',
    'http://127.0.0.1?x=1',
    'http:/127.0.0.1',
    'http:127.0.0.1',
    'http:///127.0.0.1',
    '//127.0.0.1',
    '127.0.0.1:8080',
    'localhost:8080',
    'file:///etc/passwd',
    'ftp://127.0.0.1',
    'javascript:alert(1)',
    'http://127.0.0.1:0',
    'http://127.0.0.1:99999',
    'https://0.0.0.0:8000',
    'https://[::]:8000',
    'http://example.com',
    'http://[::1',
    '',
    ' ',
    `http://127.0.0.1/${'a'.repeat(3_000)}`,
  ];
  for (const text of tricks) {
    it(`refuses ${JSON.stringify(text.slice(0, 60))} in a sentence without it`, () => {
      const problem = refused(text);
      assert.match(problem, /^[A-Z][^\n]*\.$/);
      assert.ok(!problem.includes('secret-word') && !problem.includes('example.com'));
    });
  }

  it('asks for https wherever the host is not loopback', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['http', 'https'] }), (text) => {
        const parsed = parseAddress(text);
        return 'problem' in parsed || parsed.address.secure || parsed.address.isLoopback;
      }),
    );
  });

  it('connects to the host that it shows, whatever text it is given', () => {
    const pieces = fc.constantFrom(
      'http://',
      'https://',
      '127.0.0.1',
      'localhost',
      '@',
      ':',
      '/',
      '\\',
      '#',
      '?',
      '.',
      '%2e',
      '[',
      ']',
      '::1',
      'example.com',
      '8080',
      '\t',
      '\u3002',
      'v1',
      '0x7f',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const parsed = parseAddress(parts.join(''));
        if ('problem' in parsed) return true;
        const { origin, host, port, secure, isLoopback, basePath } = parsed.address;
        const shown = new URL(origin);
        const samePort = Number(shown.port || (secure ? 443 : 80)) === port;
        const sameHost = shown.hostname.replace(/^\[|\]$/g, '') === host;
        return (
          samePort &&
          sameHost &&
          isLoopback === isLoopbackHost(host) &&
          !basePath.endsWith('/') &&
          (secure || isLoopback)
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes an IPv4 address for loopback if, and only if, it begins with 127', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        const is = ip.startsWith('127.');
        return isLoopbackHost(ip) === is && isLoopbackIp(ip) === is && isLoopbackIp(`::ffff:${ip}`) === is;
      }),
    );
  });
});
