const http = require('node:http');
const { readFile, writeFile } = require('node:fs/promises');

const file = process.env.BOOKS_FILE || 'books.json';

async function loadBooks() {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

async function saveBooks(books) {
  await writeFile(file, JSON.stringify(books, null, 2));
}

function sendJson(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  try {
    if (request.method === 'GET' && url.pathname === '/books') {
      const books = await loadBooks();
      const author = url.searchParams.get('author');
      sendJson(response, 200, author ? books.filter((book) => book.author === author) : books);
    } else if (request.method === 'POST' && url.pathname === '/books') {
      const book = await readBody(request);
      const books = await loadBooks();
      books.push({ ...book, id: books.length + 1 });
      await saveBooks(books);
      sendJson(response, 201, books.at(-1));
    } else {
      sendJson(response, 404, { message: 'Not found' });
    }
  } catch (error) {
    sendJson(response, 500, { message: error.message });
  }
});

server.listen(Number(process.env.PORT || 3000), () => {
  console.log(`Listening on port ${server.address().port}`);
});
