import { createHash } from 'node:crypto';
import { KMSClient, KMSInvalidSignatureException, SignCommand, VerifyCommand } from '@aws-sdk/client-kms';
import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { CheckpointArchive, Signer } from '../events/checkpoints.ts';

/**
 * What S3 answers where something is there. With `ConditionalRequestConflict` it says nothing of that: another write was
 * under way, and may come to nothing (Amazon S3, conditional writes).
 */
const THERE_ALREADY = 'PreconditionFailed';

/** Keeps checkpoints in a bucket; its object lock keeps what was written. */
export function checkpointArchive(Bucket: string, client = new S3Client({})): CheckpointArchive {
  return {
    async put(name, text) {
      try {
        await client.send(
          new PutObjectCommand({
            ...{ Bucket, Key: name, Body: text, IfNoneMatch: '*' },
            ContentType: name.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8',
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === THERE_ALREADY) return false;
        throw error;
      }
    },
    async get(name) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: name }));
        return (await Body?.transformToString('utf8')) ?? null;
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },
  };
}

const SIGNING = { MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' } as const;

/** Signs with a key of KMS, on the curve NIST P-256. Nobody can take the key out of it. */
export function keySigner(KeyId: string, client = new KMSClient({})): Signer {
  return {
    async sign(text) {
      const { Signature } = await client.send(new SignCommand({ KeyId, Message: sha256(text), ...SIGNING }));
      if (Signature === undefined) throw new Error('the key gave no signature');
      return Buffer.from(Signature).toString('base64');
    },
    async isSigned(text, signature) {
      const Signature = Buffer.from(signature, 'base64');
      if (Signature.length === 0) return false;
      try {
        const { SignatureValid } = await client.send(
          new VerifyCommand({ KeyId, Message: sha256(text), Signature, ...SIGNING }),
        );
        return SignatureValid === true;
      } catch (error) {
        if (error instanceof KMSInvalidSignatureException) return false;
        throw error;
      }
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
