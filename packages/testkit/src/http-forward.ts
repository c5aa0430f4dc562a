import { type IncomingMessage, type ServerResponse, request as httpRequest } from 'node:http';

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Answers as the server at this URL does. @param body of the request, where it was read already */
export function forwardHttp(
  request: IncomingMessage,
  response: ServerResponse,
  server: string,
  body?: Buffer,
): void {
  const { hostname, port } = new URL(server);
  const { headers, method, url: path } = request;
  const upstream = httpRequest({ hostname, port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on('error', () => response.destroy());
  if (body) upstream.end(body);
  else request.pipe(upstream);
}
