/**
 * Names the roles of attention heads from their scores, where the scores are clear enough. Used by the heads view and
 * its painter.
 */
import type { Translate } from '../../../src/common/translate';
import type { HeadRole, HeadScores } from '../../../src/features/inspector/messages';

/** What a head is best at, beyond what any head would do by chance. */
export interface RoleOfHead {
  readonly role: HeadRole;
  readonly score: number;
  readonly lift: number;
}

/** With fewer pairs than this, score and lift say little. */
const enoughPairs = 8;
/** A role is named where it takes this share of the head's weights, and this many times what chance would. */
const namedFrom = { score: 0.1, lift: 2 };
const sinkFrom = 0.5;

/** The roles of a head that deserve the name, strongest first: by score, since lift favours what is rare. */
export function rolesOf(scores: HeadScores, head: number): RoleOfHead[] {
  return scores.roles
    .filter(({ pairs }) => pairs >= enoughPairs)
    .map(({ role, score, lift }) => ({ role, score: score[head] ?? 0, lift: lift[head] ?? 0 }))
    .filter(({ role, score, lift }) =>
      role === 'sink' ? score >= sinkFrom : score >= namedFrom.score && lift >= namedFrom.lift,
    )
    .sort((a, b) => Number(a.role === 'sink') - Number(b.role === 'sink') || b.score - a.score);
}

export function nameOfRole(role: HeadRole, t: Translate): string {
  switch (role) {
    case 'previous':
      return t('Previous token');
    case 'duplicate':
      return t('Same token before');
    case 'induction':
      return t('What came after it last time');
    case 'bracket':
      return t('Opening bracket');
    case 'identifier':
      return t('Same name');
    case 'definition':
      return t('Definition');
    case 'parent':
      return t('Same syntax node');
    case 'sink':
      return t('First token (sink)');
  }
}

/** Short enough for a thumbnail. */
export function shortRole(role: HeadRole, t: Translate): string {
  switch (role) {
    case 'previous':
      return t('previous');
    case 'duplicate':
      return t('duplicate');
    case 'induction':
      return t('induction');
    case 'bracket':
      return t('bracket');
    case 'identifier':
      return t('name');
    case 'definition':
      return t('definition');
    case 'parent':
      return t('syntax');
    case 'sink':
      return t('sink');
  }
}
