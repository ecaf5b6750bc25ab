/** Texts as they may stand in a source file or come from a model, with much of what Markdown knows in them. */
import fc from 'fast-check';

const pieces = [
  '`', '``', '```', '~~~', '*', '**', '_', '[', ']', '(', ')', '![', '](', '<', '>', '<img src="https://evil.example/p.png">', '</code>',
  '</span>', '<script>', '<!--', '-->', '&', '&lt;', '&#60;', '\\', '#', '# ', '\n# ', '\n===', '\n---', '\n\n', '\r\n', '\n', '    ', '\t', '- ',
  '1. ', '1) ', '+ ', '> ', '|', '|-|-|\n', 'https://evil.example', 'http:', '//', 'ftp://a.b', 'www.evil.example', 'WWW.', 'a@evil.example',
  'command:x', '[a](command:x)', '![a](https://evil.example/p.png)', '[a]: https://evil.example\n', '[a]', '$(', '$(zap)', '\\$(zap)',
  '$(sync~spin)', 'x', 'Map<string>', ' ', '"', "'", ':', '.', '!', '=', '$', '^', '[^1]', '[x] ', '\u2028', '{', '}',
]; // prettier-ignore

export const hostileMarkup: fc.Arbitrary<string> = fc
  .array(
    fc.oneof({ arbitrary: fc.constantFrom(...pieces), weight: 5 }, fc.string({ unit: 'grapheme', maxLength: 4 })),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));
