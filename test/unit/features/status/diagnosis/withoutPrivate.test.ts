import assert from 'node:assert/strict';
import { withoutPrivate } from '../../../../../src/features/status/diagnosis/withoutPrivate';

describe('withoutPrivate', () => {
  const rows: readonly (readonly [text: string, expected?: string, secret?: string])[] = [
    ['Engine process 12 ended while it worked on complete: killed by SIGKILL. It is started again in 200 ms.'],
    ['it takes 12.5 ms where the processor takes 10 ms'],
    ["The model can't be opened; the engine's memory is full"],
    ['', ''],
    ['The model folder /home/ada/My Models/x cannot be read', 'The model folder …'],
    ['The model folder C:\\Users\\ada is empty', 'The model folder …'],
    ['Unexpected token, "secret" is not valid JSON', 'Unexpected token, …'],
    ['tokenizer.json is damaged', '…'],
    ['cannot read .env', 'cannot read …'],
    ['first line\nsecond line', 'first line'],
    ['the folder of Ada is gone', 'the folder of …', 'ada'],
  ];
  for (const [text, expected = text, secret = ''] of rows)
    it(JSON.stringify(text), () => assert.equal(withoutPrivate(text, [secret]), expected));
});
