/**
 * What has to be confirmed before text is sent to an address, and the words of the question; used by the set-up and before each
 * start of a server's use. Pure.
 */
import type { Translate } from '../common/translate';
import type { ServerAddress } from './address';

/** Where the extension runs, by `vscode.env.remoteName`; undefined where that is the machine of the screen. */
export type RemoteName = string | undefined;

/** How much goes to a server: what stands around a cursor or is selected, or all that is searched. */
export type Reach = 'excerpts' | 'workspace';

export interface ConfirmationState {
  /** Whether the workspace is trusted; in Restricted Mode, nothing is sent anywhere. */
  readonly trusted: boolean;
  readonly remote: RemoteName;
  /** Keys of what was confirmed, see {@link confirmationKey}. */
  readonly confirmed: readonly string[];
}

export type Permission = 'allowed' | 'restricted' | 'askLoopback' | 'askHost';

/**
 * What has to be remembered as confirmed. All ports of loopback are one; any other host counts with its port. What is
 * confirmed on one machine is not confirmed on another: a remote's loopback is not that of the screen. Who has let excerpts be
 * sent has not let the whole workspace be sent.
 */
export function confirmationKey(
  { isLoopback, origin }: ServerAddress,
  remote: RemoteName,
  reach: Reach = 'excerpts',
): string {
  return [remote ?? 'local', isLoopback ? 'loopback' : origin, ...(reach === 'workspace' ? [reach] : [])].join(' ');
}

export function permissionFor(
  address: ServerAddress,
  { trusted, remote, confirmed }: ConfirmationState,
  reach: Reach = 'excerpts',
): Permission {
  if (!trusted) return 'restricted';
  if (confirmed.includes(confirmationKey(address, remote, reach))) return 'allowed';
  return address.isLoopback ? 'askLoopback' : 'askHost';
}

/** The question to the user: where text will go, and whose machine that is. */
export function confirmationQuestion(
  address: ServerAddress,
  remote: RemoteName,
  t: Translate,
  reach: Reach = 'excerpts',
): string {
  if (reach === 'workspace') {
    const question = t(
      'Send the text of all files that are searched to {0}? Whoever runs that server can read it. Files that usually hold secrets are never sent.',
      address.origin,
    );
    return address.isLoopback ? `${question} ${whoseLoopback(remote, t)}` : question;
  }
  if (!address.isLoopback)
    return t(
      'Send code around your cursor to {0}? Whoever runs that server can read it. Files that usually hold secrets are never sent.',
      address.origin,
    );
  const question = t('Use the server at {0}? Code around your cursor is sent to it.', address.origin);
  return `${question} ${whoseLoopback(remote, t)}`;
}

/** Whose machine `localhost` is. */
export function whoseLoopback(remote: RemoteName, t: Translate): string {
  if (remote === undefined) return t('The address means this machine; nothing leaves it.');
  if (remote === 'wsl') return t('The address means the Linux system in WSL, not Windows.');
  if (/container|codespaces/.test(remote))
    return t('The address means the container, not the machine that it runs on.');
  if (remote.startsWith('ssh'))
    return t('The address means the machine that you are connected to, not the one before you.');
  return t('The address means the machine that extensions run on ({0}), not the one before you.', remote);
}
