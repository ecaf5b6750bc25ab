/** `describe`: what a model file or folder is, from its header, without opening it. */
import { summarizeModel } from '../../../modelFolder/summary';
import type { Handler } from './handler';

export const describe: Handler<'describe'> = ({ path }) => summarizeModel(path);
