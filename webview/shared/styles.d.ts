/** Type declaration for style sheets that the entries of the webview pages import; the build bundles them. */

/** Style sheets are bundled beside the script of the page that imports them. */
declare module '*.css';
