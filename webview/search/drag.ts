/**
 * Lets rows be dragged out of the search view, into an editor or a conversation. Used by `webview/search/rows.ts`; what is
 * dragged is a link to the place, never its text.
 */

/**
 * The kinds of data by which VS Code knows a dragged file: editors read the first, conversations the second, and other
 * programs the third. Its own views write the same; there is no API for it.
 */
const [resources, internalList, list] = ['ResourceURLs', 'application/vnd.code.uri-list', 'text/uri-list'] as const;

/** @param uri of a file, lines as its fragment; without it, the label alone is dragged @param label where it is, for what takes text alone */
export function makeDraggable(node: HTMLElement, uri: string | undefined, label: string): void {
  node.draggable = true;
  node.addEventListener('dragstart', ({ dataTransfer }) => {
    if (dataTransfer === null) return;
    dataTransfer.effectAllowed = 'copyLink';
    if (uri !== undefined) {
      dataTransfer.setData(resources, JSON.stringify([uri]));
      dataTransfer.setData(internalList, uri);
      dataTransfer.setData(list, uri);
    }
    dataTransfer.setData('text/plain', label);
  });
}
