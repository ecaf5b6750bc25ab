import fc from 'fast-check';

/** What source files are made of, and what breaks programs that read them. */
const pieces = [
  'const',
  ' value',
  '_name',
  'return ',
  'self.',
  '(',
  ')',
  ' = ',
  '=>',
  '{\n',
  '  ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  ';\n\n',
  '    ',
  '// ',
  '"""',
  "'s",
  '12345',
  '3.14',
  '\ufeff',
  '\u0000',
  '\u001b[0m',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u200b',
  '\ufffd',
  'é',
  'e\u0301',
  'a\u0308\u0323',
  '\u0301',
  'ß',
  'ſ',
  '数据',
  'コード',
  '한국',
  '\u1100\u1161\u11a8',
  'नमस्ते',
  'สวัสดี',
  '\u212b',
  '½',
  '٣',
  '😀',
  '👩‍💻',
  '🏳️‍🌈',
  '🇩🇪',
  '\ud83d',
  '\ude00',
  '\udfff',
  '<|file|>',
  '<|eom|>',
  '<|endoftext|>',
  '<s>',
];

/** Text as programs contain it, with everything odd that UTF-16 allows, lone surrogates included. */
export const sourceText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...pieces) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
      {
        weight: 1,
        arbitrary: fc
          .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 })
          .map((units) => String.fromCharCode(...units)),
      },
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));
