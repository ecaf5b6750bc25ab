/** Whether the model may be asked for what nobody waits for: used by completion and by the next edit. */
import type { PowerWatch } from './power';
import type { Settings } from './settings';

export const mayAskAhead = (
  { completionAskAhead: wanted }: Pick<Settings, 'completionAskAhead'>,
  { onBattery }: Pick<PowerWatch, 'onBattery'>,
): boolean => wanted === 'always' || (wanted === 'pluggedIn' && !onBattery);
