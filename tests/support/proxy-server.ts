import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/** An HTTP proxy that makes tunnels to one port of this machine, whatever it is asked for, or refuses with a status. */
export class ProxyServer {
  /** What it was asked for: the target, and by whom. */
  readonly asked: { target: string; login: string | undefined }[] = [];
  status = 200;
  /** Where tunnels lead. */
  port = 0;
  private readonly server: Server;
  /** Tunnels are no connections of the server any more, so it does not close them. */
  private readonly tunnels = new Set<Duplex>();

  private constructor() {
    this.server = createServer((request, response) => {
      this.asked.push({ target: request.url ?? "", login: request.headers["proxy-authorization"] });
      response.writeHead(this.status).end('{"RequestId": "by-proxy"}');
    });
    this.server.on("connect", (request, client) => {
      this.asked.push({ target: request.url ?? "", login: request.headers["proxy-authorization"] });
      if (this.status !== 200) {
        client.end(`HTTP/1.1 ${this.status} No\r\ncontent-length: 0\r\n\r\n`);
        return;
      }
      this.tunnels.add(client);
      const upstream = connect(this.port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on("error", () => client.destroy());
      client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    });
  }

  static async start(): Promise<ProxyServer> {
    const proxy = new ProxyServer();
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** Its address, with credentials in it where they are given. */
  url(login = ""): string {
    return `http://${login}127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const tunnel of this.tunnels) {
      tunnel.destroy();
    }
    this.server.closeAllConnections();
    this.server.close();
  }
}
