// npm oidc-provider, as many processes as ours: node oidc_provider.mjs PORT PROCESSES. It keeps its things in memory,
// or, with PEER_REDIS, in Redis, with the adapter that its own examples show. GET /grants?count=N makes that many codes
// of a signed-in person, so that what is measured is the token endpoint alone.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const [port, processes] = process.argv.slice(2).map(Number);
// Installed in the folder we are started in, not beside this file.
const require = createRequire(pathToFileURL(`${process.cwd()}/`));
const imported = (name) => import(pathToFileURL(require.resolve(name)));

if (cluster.isPrimary) {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  for (let n = 0; n < processes; n += 1) cluster.fork({ PEER_KEY: JSON.stringify(key) });
  process.on('SIGTERM', () => process.exit(0));
} else {
  const { Provider } = await imported('oidc-provider');
  const issuer = `http://127.0.0.1:${port}`;
  const [signed, opaque] = [`${issuer}/api`, `${issuer}/opaque`];
  const secret = 's'.repeat(43);
  const provider = new Provider(issuer, {
    adapter: process.env.PEER_REDIS ? await redisAdapter(process.env.PEER_REDIS) : undefined,
    jwks: { keys: [{ ...JSON.parse(process.env.PEER_KEY), alg: 'ES256', use: 'sig', kid: 'one' }] },
    clients: [{
      client_id: 'bench', client_secret: secret, grant_types: ['client_credentials'],
      redirect_uris: [], response_types: [], scope: 'bench', id_token_signed_response_alg: 'ES256',
    }, {
      client_id: 'web', client_secret: secret, grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['https://portal.example/callback'], response_types: ['code'],
      scope: 'openid bench', id_token_signed_response_alg: 'ES256',
    }],
    scopes: ['openid', 'bench'],
    pkce: { required: () => false },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => signed,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'bench', accessTokenTTL: 600,
          ...(resource === opaque ? { accessTokenFormat: 'opaque' }
            : { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
        }),
      },
    },
  });
  const answer = provider.callback();
  createServer(async (request, response) => {
    const url = new URL(request.url, issuer);
    if (url.pathname !== '/grants') return answer(request, response);
    const codes = [];
    for (let n = 0; n < Number(url.searchParams.get('count')); n += 1) codes.push(await code(provider, signed));
    return response.end(JSON.stringify(codes));
  }).listen(port, '127.0.0.1');
}

async function code(provider, resource) {
  const client = await provider.Client.find('web');
  const grant = new provider.Grant({ accountId: 'person', clientId: 'web' });
  grant.addOIDCScope('openid');
  grant.addResourceScope(resource, 'bench');
  const grantId = await grant.save();
  const made = new provider.AuthorizationCode({
    accountId: 'person', client, grantId, resource, gty: 'authorization_code', scope: 'openid bench',
    redirectUri: 'https://portal.example/callback', authTime: Math.floor(Date.now() / 1000),
  });
  return made.save(300);
}

async function redisAdapter(url) {
  const { default: Redis } = await imported('ioredis');
  const redis = new Redis(url);
  const consumable = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);
  const ofGrant = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode']);
  return class {
    constructor(name) { this.name = name; }

    key(id) { return `${this.name}:${id}`; }

    async upsert(id, payload, seconds) {
      const [key, all, text] = [this.key(id), redis.multi(), JSON.stringify(payload)];
      if (consumable.has(this.name)) all.hset(key, { payload: text }); else all.set(key, text);
      if (seconds) all.expire(key, seconds);
      if (ofGrant.has(this.name) && payload.grantId) {
        const list = `grant:${payload.grantId}`;
        all.rpush(list, key);
        if (seconds > await redis.ttl(list)) all.expire(list, seconds);
      }
      await all.exec();
    }

    async find(id) {
      if (!consumable.has(this.name)) {
        const text = await redis.get(this.key(id));
        return text ? JSON.parse(text) : undefined;
      }
      const { payload, ...rest } = await redis.hgetall(this.key(id));
      return payload ? { ...rest, ...JSON.parse(payload) } : undefined;
    }

    async consume(id) { await redis.hset(this.key(id), 'consumed', Math.floor(Date.now() / 1000)); }

    async destroy(id) { await redis.del(this.key(id)); }

    async revokeByGrantId(grantId) {
      const keys = await redis.lrange(`grant:${grantId}`, 0, -1);
      await redis.del(`grant:${grantId}`, ...keys);
    }
  };
}
