import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface TokenSigner {
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

/** A key pair of a shop's, with its public half as it stands in a key set. */
export async function signer(kid: string, alg = 'ES256'): Promise<TokenSigner> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }, privateKey };
}

/** A buyer's token by such a key; what is given differs from a valid one. */
export function signedBy(
  { jwk, privateKey }: TokenSigner,
  { kid = jwk.kid, iss = 'holdfast', aud = 'holdfast', exp = '5m', header = {} }: TokenDifference = {},
): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: jwk.alg ?? '', ...(kid === undefined ? {} : { kid }), ...header })
    .setIssuer(iss)
    .setAudience(aud)
    .setSubject('c_42')
    .setExpirationTime(exp)
    .sign(privateKey);
}

export interface TokenDifference {
  kid?: string | undefined;
  iss?: string;
  aud?: string;
  exp?: string | number;
  header?: Record<string, unknown>;
}

/** Publishes keys over HTTP, counts who looks, and may be down. */
export class JwksServer {
  keys: JWK[] = [];
  looks = 0;
  mode: 'up' | 'broken' | 'silent' | 'moved' = 'up';
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(...keys: JWK[]): Promise<JwksServer> {
    const server = createServer();
    const jwks = new JwksServer(server);
    jwks.keys = keys;
    server.on('connection', (socket) => jwks.sockets.add(socket));
    server.on('request', (_request, response) => {
      jwks.looks++;
      if (jwks.mode === 'silent') return;
      if (jwks.mode === 'broken') return void response.writeHead(500).end('no');
      if (jwks.mode === 'moved') return void response.writeHead(302, { location: `${jwks.url}/moved` }).end();
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: jwks.keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return jwks;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks.json`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
