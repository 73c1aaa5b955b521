import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';

const ALGORITHM = 'EdDSA';

/** Makes access tokens that are wrong in one thing each. */
export interface Forger {
  /** Tokens by what is wrong with them; each claims every scope that the good token has. */
  forgeries(good: string): Promise<ReadonlyMap<string, string>>;
}

/**
 * Opens the forger with the issuer's own key, so that a token is refused for its one fault and not for its signature.
 *
 * @param dataFolder the folder in which the running loop keeps its key
 */
export async function openForger(dataFolder: string): Promise<Forger> {
  const jwk = JSON.parse(readFileSync(join(dataFolder, 'token-key.json'), 'utf8')) as JWK;
  const key = await importJWK(jwk, ALGORITHM);
  const { privateKey: foreignKey } = await generateKeyPair(ALGORITHM);
  const { d: _, ...publicJwk } = jwk;
  const pem = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });

  const sign = (claims: JWTPayload, by: Parameters<SignJWT['sign']>[0] = key, alg = ALGORITHM) =>
    new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt' }).sign(by);

  return {
    async forgeries(good) {
      const claims = decodeJwt(good);
      const now = Math.floor(Date.now() / 1000);
      const without = (claim: string) =>
        Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim));
      const [header = '', payload = '', signature = ''] = good.split('.');
      const withHeader = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const symmetric = (secret: Uint8Array) => sign(claims, secret, 'HS256');
      return new Map([
        ['expired', await sign({ ...claims, iat: now - 7200, exp: now - 3600 })],
        ['no expiry', await sign(without('exp'))],
        ['not yet valid', await sign({ ...claims, nbf: now + 3600 })],
        ['wrong audience', await sign({ ...claims, aud: 'someone-else' })],
        ['no audience', await sign(without('aud'))],
        ['wrong issuer', await sign({ ...claims, iss: 'https://elsewhere.example' })],
        ['no issuer', await sign(without('iss'))],
        ['foreign key', await sign({ ...claims, jti: randomUUID() }, foreignKey)],
        ['alg none', `${withHeader({ alg: 'none', typ: 'at+jwt' })}.${payload}.`],
        ['alg None with the signature', `${withHeader({ alg: 'None' })}.${payload}.${signature}`],
        ['HS256 with the public key in PEM', await symmetric(Buffer.from(pem))],
        ['HS256 with the public key as a JWK', await symmetric(Buffer.from(JSON.stringify(publicJwk)))],
        ['HS256 with the bytes of the public key', await symmetric(Buffer.from(jwk.x ?? '', 'base64url'))],
        ['no signature', `${header}.${payload}.`],
        ['a signature of other claims', `${header}.${altered(payload)}.${signature}`],
        ['a key of its own in the header', await ownKey(claims)],
        ['no token at all', createHash('sha256').update(good).digest('base64url')],
      ]);
    },
  };
}

/** The same claims for another subject. */
function altered(payload: string): string {
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url');
}

/** A token that brings the key with which it is to be checked. */
async function ownKey(claims: JWTPayload): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, jwk }).sign(privateKey);
}
