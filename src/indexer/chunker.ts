import { chunkLimit, cutChunks, type Chunk } from './chunks';
import type { Grammars } from './grammars';
import { languageOf } from './languages';
import { nest, type Definition } from './outline';
import { definitionsByIndentation, sectionsUnderHeadings } from './structure';

/** Cuts a file by what it is, as its name says. @param path with `/` between folders */
export async function chunkFile(text: string, path: string, grammars: Grammars, limit = chunkLimit): Promise<Chunk[]> {
  return cutChunks(text, nest(text, await definitionsOf(text, path, grammars)), limit);
}

async function definitionsOf(text: string, path: string, grammars: Grammars): Promise<Definition[]> {
  const { structure } = languageOf(path);
  switch (structure) {
    case 'headings':
      return sectionsUnderHeadings(text);
    case 'indentation':
      return definitionsByIndentation(text);
    case 'plain':
      return [];
    default:
      return (await grammars.definitions(text, structure.grammar)) ?? definitionsByIndentation(text);
  }
}
