/**
 * Entry of the inspector webview's bundle: loads strings, controls and styles, connects to the host and starts the
 * app. Uncaught errors go to the host's log.
 */
import { inspectorProtocol } from '../../src/features/inspector/messages';
import { connect } from '../shared/host';
import { defineControls } from '../shared/toolkit';
import { loadStrings } from '../shared/translate';
import { App } from './app';
import '../shared/base.css';
import './inspector.css';

loadStrings(document.body.dataset.strings);
defineControls();
const { host, memory } = connect(inspectorProtocol);
window.addEventListener('error', ({ message }) => host.log('error', message));
window.addEventListener('unhandledrejection', ({ reason }) => host.log('error', String(reason)));
new App(host, memory);
