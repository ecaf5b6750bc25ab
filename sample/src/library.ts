export type Status = 'wanted' | 'reading' | 'finished';

export interface Book {
  id: number;
  title: string;
  author: string;
  pages: number;
  status: Status;
  finishedOn?: Date;
}

export class UnknownBookError extends Error {
  constructor(readonly id: number) {
    super(`There is no book with the number ${id}.`);
  }
}

export class Library {
  private readonly books = new Map<number, Book>();
  private nextId = 1;

  add(title: string, author: string, pages: number): Book {
    const book: Book = { id: this.nextId++, title, author, pages, status: 'wanted' };
    this.books.set(book.id, book);
    return book;
  }

  get(id: number): Book {
    const book = this.books.get(id);
    if (book === undefined) {
      throw new UnknownBookError(id);
    }
    return book;
  }

  remove(id: number): void {
    if (!this.books.delete(id)) {
      throw new UnknownBookError(id);
    }
  }

  start(id: number): Book {
    const book = this.get(id);
    book.status = 'reading';
    return book;
  }

  finish(id: number, finishedOn: Date = new Date()): Book {
    const book = this.get(id);
    book.status = 'finished';
    book.finishedOn = finishedOn;
    return book;
  }

  all(): Book[] {
    return [...this.books.values()];
  }

  withStatus(status: Status): Book[] {
    return this.all().filter((book) => book.status === status);
  }

  pagesRead(): number {
    return this.withStatus('finished').reduce((total, book) => total + book.pages, 0);
  }
}

/** Books by one author, longest first. */
export function byAuthor(books: readonly Book[], author: string): Book[] {
  const wanted = author.trim().toLowerCase();
  return books
    .filter((book) => book.author.toLowerCase() === wanted)
    .sort((a, b) => b.pages - a.pages);
}
