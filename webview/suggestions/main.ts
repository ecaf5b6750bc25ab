/**
 * Entry of the page *Your Suggestions*: loads strings and styles, connects to the host and starts the app. Uncaught errors
 * go to the host's log.
 */
import { suggestionsProtocol } from '../../src/features/completion/messages';
import { connect } from '../shared/host';
import { loadStrings } from '../shared/translate';
import { App } from './app';
import '../shared/base.css';
import '../shared/page.css';
import './suggestions.css';

loadStrings(document.body.dataset.strings);
const { host } = connect(suggestionsProtocol);
window.addEventListener('error', ({ message }) => host.log('error', message));
window.addEventListener('unhandledrejection', ({ reason }) => host.log('error', String(reason)));
new App(host);
