/**
 * Finds the definitions of a file by grammar, headings or indentation, depending on its language; used by the chunker
 * and `symbols.ts`.
 */
import type { Grammars } from './grammars';
import { languageOf } from './languages';
import type { Definition } from './outline';
import { definitionsByIndentation, sectionsUnderHeadings } from './structure';

/** The definitions of a file by what it is, as its name says, in any order. @param path with `/` between folders */
export async function definitionsOf(text: string, path: string, grammars: Grammars): Promise<Definition[]> {
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
