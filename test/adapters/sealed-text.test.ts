import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { expect, test } from 'vitest';
import { seal, unseal } from '../../functions/adapters/sealed-text.ts';

const secret = { current: 'a secret of this year', previous: undefined };
const key = createHash('sha256').update(`seal ${secret.current}`).digest();
const header = { alg: 'dir', enc: 'A256GCM' };

test('what is sealed is opened with the current secret, and with the one before it', async () => {
  const sealed = await seal('whsec_ä', secret);
  expect(await unseal(sealed, secret)).toBe('whsec_ä');
  expect(await unseal(sealed, { current: 'a secret of next year', previous: secret.current })).toBe(
    'whsec_ä',
  );
  await expect(unseal(sealed, { ...secret, current: 'another' })).rejects.toThrow('no longer known');
  expect(await seal('whsec_ä', secret)).not.toBe(sealed);
});

test('it is a JWE, which others can open and write', async () => {
  const { plaintext } = await compactDecrypt(await seal('whsec_1', secret), key);
  expect(new TextDecoder().decode(plaintext)).toBe('whsec_1');
  const written = new CompactEncrypt(Buffer.from('whsec_2')).setProtectedHeader(header);
  expect(await unseal(await written.encrypt(key), secret)).toBe('whsec_2');
});

test('altered in any part it is not opened', async () => {
  const sealed = await seal('whsec_1', secret);
  for (const [index, character] of [...sealed].entries()) {
    // The last character of a part also holds bits that say nothing.
    if (character === '.' || [undefined, '.'].includes(sealed[index + 1])) continue;
    const altered = `${sealed.slice(0, index)}${character === 'A' ? 'B' : 'A'}${sealed.slice(index + 1)}`;
    await expect(unseal(altered, secret), `character ${index}`).rejects.toThrow('no longer known');
  }
  await expect(unseal('', secret)).rejects.toThrow('no longer known');
});
