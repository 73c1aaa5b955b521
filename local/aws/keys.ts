import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { type Actions, AwsError } from './endpoint.ts';
import type { Keeper } from './secrets.ts';

/** What the local key is kept under. */
const KEPT = 'key of checkpoints';

/**
 * KMS: signs digests with a key on the curve NIST P-256, which is made once and kept. Node signs what it hashes itself,
 * so the digest that comes is hashed once more here, on both ways.
 */
export function keyActions(kept: Keeper): Actions {
  return {
    'TrentService.Sign': ({ KeyId, Message, SigningAlgorithm }) => ({
      ...{ KeyId, SigningAlgorithm },
      Signature: sign('sha256', bytes(Message), privateKey(kept)).toString('base64'),
    }),
    'TrentService.Verify': ({ KeyId, Message, Signature, SigningAlgorithm }) => {
      const key = createPublicKey(privateKey(kept));
      if (!verify('sha256', bytes(Message), key, bytes(Signature))) {
        throw new AwsError('KMSInvalidSignatureException', 'the signature does not verify');
      }
      return { KeyId, SigningAlgorithm, SignatureValid: true };
    },
  };
}

function privateKey(kept: Keeper) {
  const earlier = kept.read(KEPT);
  if (earlier !== null) return createPrivateKey(earlier);
  const { privateKey: made } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  kept.write(KEPT, made.export({ type: 'pkcs8', format: 'pem' }).toString());
  return made;
}

function bytes(base64: unknown): Buffer {
  return Buffer.from(String(base64), 'base64');
}
