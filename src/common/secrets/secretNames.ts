/** What the name of a variable, setting or field says about its value. Used by the search for secrets in lines. */

/** A word that a person may remember, or one that a machine has made. */
export type SecretKind = 'password' | 'token';

const passwords = new Set(['password', 'passwd', 'pwd', 'pw', 'pass', 'passphrase', 'passcode', 'passwort', 'secret', 'psk']); // prettier-ignore
const tokens = new Set(['dockerconfigjson', 'dockercfg', 'token', 'apikey', 'authorization', 'pat', 'jwt', 'salt']);
/** With `key` behind them. */
const keys = new Set([
  'access', 'account', 'admin', 'api', 'app', 'application', 'auth', 'aws', 'azure', 'cipher', 'client', 'consumer', 'crypt',
  'crypto', 'decryption', 'deploy', 'deployment', 'encrypt', 'encryption', 'endpoint', 'github', 'gitlab', 'google', 'hmac', 'jwt', 'license',
  'logged', 'in', 'mailchimp', 'mailgun', 'maps', 'master', 'nonce', 'openai', 'password', 'paypal', 'pre', 'private', 'project',
  'role', 'secret', 'secure', 'security', 'sendgrid', 'server', 'service', 'session', 'shared', 'sign', 'signature', 'signing', 'stripe',
  'storage', 'subscription', 'token', 'twilio', 'user', 'validation', 'vault', 'webhook', 'write', 'read',
]); // prettier-ignore

/** Ends of words that are written together: `dbpassword`, `myapikey`. */
const joined: readonly (readonly [RegExp, SecretKind])[] = [
  [/(?:password|passwd|passphrase|passwort)$/, 'password'],
  [
    /^(?:db|user|root|require|store|key|ssh|auth|bind|master|smtp|mail|ftp|admin|redis|mysql|pg|default)(?:pass|pwd|pw)$/,
    'password',
  ],
  [/^(?:master|basic|proxy|http|bind)auth$/, 'password'],
  [/^(?:client|api|app|shared|jwt|consumer|webhook)secret$/, 'password'],
  [/(?:api|access|secret|private|auth|encryption|signing|master|account)key$/, 'token'],
  [/(?:auth|access|api|bearer|refresh|bot|deploy|session|id)token$/, 'token'],
];

/** What may stand behind the word that says it. */
const qualifiers = new Set([
  'admin', 'b64', 'backup', 'base', 'base64', 'current', 'default', 'dev', 'development', 'env', 'hex', 'ldap', 'live', 'local', 'main', 'new',
  'old', 'plain', 'plaintext', 'prev', 'previous', 'primary', 'prod', 'production', 'qa', 'raw', 'root', 'sandbox', 'secondary', 'stage',
  'staging', 'str', 'string', 'test', 'text', 'uat', 'val', 'value',
]); // prettier-ignore

/** Words before the telling one that make a value public, or of no use to others. */
const harmless = new Set([
  'public',
  'csrf',
  'xsrf',
  'page',
  'continuation',
  'cancellation',
  'cancel',
  'sync',
  'lex',
  'lexer',
  'syntax',
  'design',
]);

/** @param name as it stands in the source: `dbPassword`, `X-Api-Key`, `spring.datasource.password` */
export function secretKindOf(name: string): SecretKind | undefined {
  const words = wordsOf(name);
  while (words.length > 1 && isQualifier(words.at(-1) as string)) words.pop();
  const [before = '', last = ''] = [words.at(-2), words.at(-1)];
  if (harmless.has(before)) return undefined;
  if (passwords.has(last)) return 'password';
  if (tokens.has(last) || ((last === 'key' || last === 'keys') && keys.has(before))) return 'token';
  return joined.find(([ending]) => ending.test(last))?.[1];
}

const isQualifier = (word: string): boolean => qualifiers.has(word) || /^v?\d+$/.test(word);

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/([A-Za-z])(\d+)$/, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}
