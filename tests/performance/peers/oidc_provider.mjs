// npm oidc-provider with its memory adapter, as many processes as ours: node oidc_provider.mjs PORT PROCESSES
import cluster from 'node:cluster';
import { createRequire } from 'node:module';
import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const [port, processes] = process.argv.slice(2).map(Number);
if (cluster.isPrimary) {
  for (let n = 0; n < processes; n += 1) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  // Installed in the folder we are started in, not beside this file.
  const found = createRequire(pathToFileURL(`${process.cwd()}/`)).resolve('oidc-provider');
  const { Provider } = await import(pathToFileURL(found));
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const resource = `http://127.0.0.1:${port}/api`;
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    jwks: { keys: [{ ...key, alg: 'ES256', use: 'sig', kid: 'one' }] },
    clients: [{
      client_id: 'bench', client_secret: 's'.repeat(43), grant_types: ['client_credentials'],
      redirect_uris: [], response_types: [], scope: 'bench', id_token_signed_response_alg: 'ES256',
    }],
    scopes: ['bench'],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'bench', accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  provider.listen(port, '127.0.0.1');
}
