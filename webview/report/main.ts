/**
 * Entry of a page of facts, such as *Diagnose*: loads strings and styles, connects to the host and starts the app. Uncaught
 * errors go to the host's log.
 */
import { reportProtocol } from '../../src/ipc/pages/report';
import { connect } from '../shared/host';
import { loadStrings } from '../shared/translate';
import { App } from './app';
import '../shared/base.css';
import '../shared/page.css';
import './report.css';

loadStrings(document.body.dataset.strings);
const { host } = connect(reportProtocol);
window.addEventListener('error', ({ message }) => host.log('error', message));
window.addEventListener('unhandledrejection', ({ reason }) => host.log('error', String(reason)));
new App(host);
