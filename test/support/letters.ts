/** A tokenizer whose every token is a letter, for tests of attention that need tokens but no model. */

export const letters = { stream: () => ({ push: (id: number) => String.fromCharCode(id), end: () => '' }) };
export const idsOf = (text: string) => Int32Array.from(text, (letter) => letter.charCodeAt(0));
