/** The demo page: vector search over two collections, in this tab. */
import { render } from 'preact';
import './style/style.css';
import { App } from './page/app.js';
import { keepFocus } from './page/keep-focus.js';

keepFocus();
render(<App />, document.body);
