const tables = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** The signs that an encoding of one or two bytes a sign has, with their bytes: what `TextDecoder` reads, the other way round. */
export function signsIn(label: string): ReadonlyMap<string, readonly number[]> {
  let table = tables.get(label);
  if (table === undefined) tables.set(label, (table = tableOf(label)));
  return table;
}

function tableOf(label: string): ReadonlyMap<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  const add = (bytes: readonly number[]): void => {
    try {
      const sign = new TextDecoder(label, { fatal: true }).decode(Uint8Array.from(bytes));
      if (Array.from(sign).length === 1 && !table.has(sign)) table.set(sign, bytes);
    } catch {
      // No sign has these bytes.
    }
  };
  for (let byte = 0; byte < 256; byte++) add([byte]);
  if (/^(?:gb|big5|shift|euc)/.test(label))
    for (let first = 0x81; first < 0xff; first++) for (let second = 0x40; second < 0xff; second++) add([first, second]);
  return table;
}

/** @param label of the WHATWG Encoding Standard, also of UTF-8 and UTF-16; `-bom` behind it writes a byte order mark @throws {Error} for a sign that it has not */
export function encode(text: string, label: string): Uint8Array {
  if (label.endsWith('-bom')) return encode(`\ufeff${text}`, label.slice(0, -'-bom'.length));
  if (label === 'utf-8') return Buffer.from(text);
  if (label === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (label === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const signs = signsIn(label);
  return Uint8Array.from(
    Array.from(text).flatMap((sign) => {
      const bytes = signs.get(sign);
      if (bytes === undefined) throw new Error(`${label} has no ${sign}.`);
      return bytes;
    }),
  );
}
