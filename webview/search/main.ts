/**
 * Entry of the search webview's bundle: loads strings and styles, connects to the host and starts the app. Uncaught
 * errors go to the host's log.
 */
import { searchProtocol } from '../../src/features/search/messages';
import { connect } from '../shared/host';
import { loadStrings } from '../shared/translate';
import { App } from './app';
import '../shared/base.css';
import './search.css';

loadStrings(document.body.dataset.strings);
const { host, memory } = connect(searchProtocol);
window.addEventListener('error', ({ message }) => host.log('error', message));
window.addEventListener('unhandledrejection', ({ reason }) => host.log('error', String(reason)));
new App(host, memory);
