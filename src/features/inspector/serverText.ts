/**
 * Makes the page that explains what a server wrote: how probable each token was, and what was likely in its place. Attention is
 * not to be had of a server, which the page says. Used by `serverPage.vscode.ts`; a pure function.
 */
import type { Translate } from '../../common/translate';
import type { ExplainableSuggestion } from '../../host/explainables';
import type { Report } from '../../ipc/pages/report';

/** What is known of a suggestion that a server wrote. */
export type TextOfServer = NonNullable<ExplainableSuggestion['server']>;

const percent = (logprob: number): string => {
  const share = Math.exp(logprob) * 100;
  return `${share < 1 ? share.toFixed(2) : share.toFixed(share < 10 ? 1 : 0)} %`;
};

/** A token as it can be seen: blanks and line ends have signs. */
const shown = (text: string): string =>
  text
    .replaceAll('\n', '⏎')
    .replaceAll('\t', '⇥')
    .replace(/^ +| +$/g, (blanks) => '·'.repeat(blanks.length)) || '∅';

export function serverTextReport({ origin, model, tokens }: TextOfServer, t: Translate): Report {
  const known = tokens.filter(({ logprob }) => logprob !== undefined);
  const rows = tokens.map(({ text, logprob, likeliest }) => ({
    name: shown(text),
    values: [
      logprob === undefined ? '' : percent(logprob),
      likeliest
        .filter((other) => other.text !== text)
        .map((other) => `${shown(other.text)} ${percent(other.logprob)}`)
        .join(', '),
    ],
  }));
  const why = t('The server does not tell what its model attended to, so attention cannot be shown.');
  const summary =
    known.length === 0
      ? t('{0} wrote this with {1}, and gives no probabilities.', origin, model)
      : t('{0} wrote this with {1}. All of it together had a probability of {2}.', origin, model, percent(sum(known)));
  return {
    title: t('Why This Suggestion?'),
    summary: `${summary} ${why}`,
    sections:
      known.length === 0 ? [] : [{ title: t('Tokens'), columns: [t('Probability'), t('Likely in its place')], rows }],
    actions: [],
  };
}

const sum = (tokens: TextOfServer['tokens']): number => tokens.reduce((total, { logprob = 0 }) => total + logprob, 0);
