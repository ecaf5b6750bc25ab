import assert from 'node:assert/strict';
import { Activity } from '../../../../src/host/activity';
import { present } from '../../../../src/features/status/presentation';
import { serverSentences, serversShown } from '../../../../src/features/status/servers';
import type { ServerState } from '../../../../src/host/servers/serverState';
import { t } from '../../../support/translate';

const origin = 'http://127.0.0.1:8080';
const used: ServerState = { purpose: 'completion', origin, model: 'coder', phase: 'used' };
const states: readonly ServerState[] = [
  used,
  { purpose: 'summaries', origin, model: undefined, phase: 'used' },
  { purpose: 'search', origin: 'https://models.example.org', model: undefined, phase: 'left', problem: 'It is gone.' },
];

describe('servers in the status item', () => {
  it('are named in its text as long as they are asked, each once', () => {
    assert.equal(serversShown([]), '');
    assert.equal(serversShown(states), ' $(server) 127.0.0.1:8080 $(debug-disconnect) models.example.org');
    const never = (['unconfirmed', 'restricted', 'invalid'] as const).map((phase) => ({ ...used, phase }));
    assert.equal(serversShown(never), '');
  });

  it('have a sentence each', () => {
    const more: readonly ServerState[] = [
      { ...used, purpose: 'search' },
      { ...used, phase: 'unconfirmed' },
      { ...used, phase: 'restricted' },
      { ...used, phase: 'invalid', problem: 'It has no host.' },
    ];
    assert.deepEqual(serverSentences([...states, ...more], t), [
      'Code around your cursor is sent to http://127.0.0.1:8080 (coder), which completes it',
      'Code to be summarized is sent to http://127.0.0.1:8080',
      'The model on this machine answers in place of https://models.example.org: It is gone.',
      'The text of this workspace is sent to http://127.0.0.1:8080 (coder), for search',
      'The server at http://127.0.0.1:8080 is not used before you confirm it in this menu',
      'The server at http://127.0.0.1:8080 is not used in Restricted Mode',
      'A server of your settings cannot be used: It has no host.',
    ]);
  });

  it('stand beside all else, and an engine that failed is no failure while a server completes', () => {
    const activity = { ...new Activity().state, engine: { kind: 'failed', reason: 'It died.' } as const };
    const input = {
      completionEnabled: true,
      languageId: undefined,
      languageEnabled: true,
      snoozedUntil: undefined,
      explanation: undefined,
      goneModels: [],
      smallDecoder: undefined,
    };
    const shown = present({ ...input, activity: { ...activity, servers: [used] } }, t);
    assert.deepEqual([shown.kind, shown.text], ['ready', '$(eye) Glassbox $(server) 127.0.0.1:8080']);
    assert.deepEqual(shown.details, serverSentences([used], t));
    const left = present({ ...input, activity: { ...activity, servers: [{ ...used, phase: 'left' }] } }, t);
    assert.equal(left.kind, 'failed');
  });
});
