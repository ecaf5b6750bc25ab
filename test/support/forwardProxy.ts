/** A proxy as companies have them: it writes down what it is asked for, and knows its way to a few hosts. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface ForwardProxy {
  readonly address: string;
  /** `CONNECT host:port` for each tunnel, and the first line of each request that it could have read. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

/** @param ports of 127.0.0.1 where each host, as `name:port`, is to be found */
export async function startForwardProxy(ports: Readonly<Record<string, number>>): Promise<ForwardProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const watch = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  server.on('connection', watch);
  server.on('connect', ({ url = '' }, socket: Socket) => {
    asked.push(`CONNECT ${url}`);
    const port = ports[url];
    if (port === undefined) return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const onwards = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(onwards).pipe(socket);
    });
    watch(onwards);
    onwards.on('close', () => socket.destroy());
    socket.on('close', () => onwards.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
