/** A certificate that signs itself, made anew for each run, so that no private key lies in the repository. */
import { spawnSync } from 'node:child_process';
import { requireFromSystem, which } from '../../scripts/lib/system.mjs';

/** @param name of the host, as DNS has it @returns both in PEM @throws {Error} where openssl fails */
export function makeCertificate(name: string): { readonly key: string; readonly cert: string } {
  const openssl = requireFromSystem({ find: () => which('openssl'), what: 'openssl', packages: ['openssl'] });
  const { stdout, stderr, status } = spawnSync(
    openssl,
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
      .concat(['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`])
      .concat(['-keyout', '-', '-out', '-']),
    { encoding: 'utf8' },
  );
  const part = (what: string): string =>
    new RegExp(`-----BEGIN ${what}-----[^]*?-----END ${what}-----\\n`).exec(stdout)?.[0] ?? '';
  const [key, cert] = [part('PRIVATE KEY'), part('CERTIFICATE')];
  if (status !== 0 || key === '' || cert === '') throw new Error(`openssl made no certificate: ${stderr}`);
  return { key, cert };
}
