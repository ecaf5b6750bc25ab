/**
 * What status item and menu say of the servers that the settings name: which are asked, as long as they are, and what became of
 * the others. Used by `presentation.ts` and `menu.ts`; pure functions without VS Code.
 */
import { labelText } from '../../common/text/markup';
import type { Translate } from '../../common/translate';
import type { ServerPurpose, ServerState } from '../../host/servers/serverState';

/** Hosts that text is sent to, for the item's text; nothing where there are none. */
export function serversShown(servers: readonly ServerState[]): string {
  const hosts = (phase: ServerState['phase']): string[] => [
    ...new Set(servers.filter((one) => one.phase === phase).map(({ origin }) => origin.replace(/^https?:\/\//, ''))),
  ];
  const shown = (icon: string, names: readonly string[]): string =>
    names.length === 0 ? '' : ` ${icon} ${names.map(labelText).join(', ')}`;
  return shown('$(server)', hosts('used')) + shown('$(debug-disconnect)', hosts('left'));
}

/** A sentence for each. */
export function serverSentences(servers: readonly ServerState[], t: Translate): string[] {
  return servers.map(({ purpose, origin, model, phase, problem = '' }) => {
    switch (phase) {
      case 'used':
        return used(purpose, model === undefined ? origin : `${origin} (${model})`, t);
      case 'left':
        return t('The model on this machine answers in place of {0}: {1}', origin, problem);
      case 'unconfirmed':
        return t('The server at {0} is not used before you confirm it in this menu', origin);
      case 'restricted':
        return t('The server at {0} is not used in Restricted Mode', origin);
      case 'invalid':
        return t('A server of your settings cannot be used: {0}', problem);
    }
  });
}

function used(purpose: ServerPurpose, server: string, t: Translate): string {
  const sentences: Readonly<Record<ServerPurpose, string>> = {
    completion: t('Code around your cursor is sent to {0}, which completes it', server),
    summaries: t('Code to be summarized is sent to {0}', server),
    search: t('The text of this workspace is sent to {0}, for search', server),
  };
  return sentences[purpose];
}
