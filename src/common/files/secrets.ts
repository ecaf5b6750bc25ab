/** Names (in lower case) of files whose whole purpose is to hold secrets. */
const secretNames: readonly RegExp[] = [
  /^\.env(\..+)?$/, // .env, .env.local, …
  /^.+\.env$/, // production.env
  /^\.(envrc|netrc|pgpass|npmrc|pypirc|htpasswd|dockercfg|vault-token|git-credentials)$/,
  /^_netrc$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /^.+\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|tfvars)$/,
  /^(credentials|secrets?)(\.(json|ya?ml|toml|ini|txt|properties))?$/,
  /^service-?account.*\.json$/,
];

/** Of those, the ones meant to be shared, with placeholders instead of values. */
const template = /\.(example|sample|template|dist|defaults?)$/;

/**
 * Whether a file usually holds secrets, by its name alone.
 * @param path with `/` or `\` between folders.
 */
export function isSecretPath(path: string): boolean {
  const name = (path.split(/[\\/]/).at(-1) ?? '').toLowerCase();
  return !template.test(name) && secretNames.some((pattern) => pattern.test(name));
}

/** The shapes of keys that can be told from other text without knowing where they stand. */
const secretShapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/, // Amazon
  /\bgh[pousr]_[A-Za-z0-9]{36}/, // GitHub
  /\bgithub_pat_\w{22}/,
  /\bglpat-[\w-]{20}/, // GitLab
  /\bxox[abeoprs]-[\w-]{10}/, // Slack
  /\bsk-[\w-]{20}/, // OpenAI and others
  /\b[rs]k_(live|test)_[A-Za-z0-9]{16}/, // Stripe
  /\bAIza[\w-]{35}/, // Google
  /\bnpm_[A-Za-z0-9]{36}/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, // JSON web token
  /\/\/[^\s/:@]+:[^\s/@]{6,}@[\w.-]+/, // password in a URL
];

/** `password = "…"` and its like, with a value that is neither empty, short nor a variable. */
const secretAssignment =
  /(?:password|passwd|secret|api_?key|access_?key|auth_?token|access_?token|private_?key)["']?\s*[:=]\s*["'`]([^"'`\s$<{]{8,})["'`]/i;

/** Whether a text contains what looks like a real password, key or token. */
export function looksSecret(text: string): boolean {
  if (secretShapes.some((shape) => shape.test(text))) return true;
  const value = secretAssignment.exec(text)?.[1];
  return value !== undefined && /\d/.test(value) && /\p{L}/u.test(value);
}
