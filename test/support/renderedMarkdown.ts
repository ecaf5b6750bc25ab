/** Markdown as the tested VS Code shows it: with the parser it is built with, and what it makes of theme icons. */
import { Marked } from 'marked';

/** As `renderMarkdown` of VS Code does it, up to what is drawn; `supportHtml` and `supportThemeIcons` are on. */
export function renderedMarkdown(markdown: string): {
  tags: string[];
  targets: string[];
  icons: string[];
  text: string;
} {
  const html = new Marked().parse(markdown.replaceAll(/\\\$\([\w-]+(?:~[\w-]+)?\)/g, '\\$&'), { async: false });
  const icons: string[] = [];
  const drawn = html.replaceAll(
    /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g,
    (_, escaped: string | undefined, name: string) => {
      if (escaped === undefined) icons.push(name);
      return escaped === undefined ? '' : `$(${name})`;
    },
  );
  return {
    tags: Array.from(drawn.matchAll(/<([a-z]\w*)/gi), ([, tag = '']) => tag.toLowerCase()),
    targets: Array.from(drawn.matchAll(/<[a-z][^>]*?(?:href|src)="([^"]*)"/gi), ([, target = '']) => target),
    icons,
    text: drawn
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll(/&(lt|gt|quot|#39|#36|amp);/g, (_, name: string) => characters[name] ?? ''),
  };
}

const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", '#36': '$', amp: '&' };
