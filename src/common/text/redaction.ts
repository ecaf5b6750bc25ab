import { looksSecret } from '../files/secrets';

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** What every shape of a secret contains; most texts hold nothing of it, and are not read line by line. */
const suspicious =
  /AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|sk-|[rs]k_|AIza|npm_|eyJ|:\/\/[^\s/:@]+:|pass|secret|key|token/i;

/** A text in which lines that hold a password, key or token are blank; every other character keeps its place. */
export function withoutSecrets(text: string): string {
  const keyless = withoutKeys(text);
  if (!suspicious.test(keyless)) return keyless;
  return keyless.replaceAll(/[^\n]+/g, (line) => (suspicious.test(line) && looksSecret(line) ? blank(line) : line));
}

/** The same for private keys alone, which no line shows by itself: what is cut into lines afterwards begins with this. */
export function withoutKeys(text: string): string {
  return text.replaceAll(privateKey, blank);
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ');
}
