import { describe, expect, test } from 'vitest';
import { whyNotPublic } from '../../../functions/adapters/public-address.ts';
import { seal, unseal } from '../../../functions/adapters/sealed-text.ts';

describe('an address that events may be posted to', () => {
  test.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[fd00::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://localhost/',
    'https://no-such-name.invalid/',
  ])('is not %s', async (address) => {
    expect(await whyNotPublic(address)).toEqual(expect.any(String));
  });

  test.each(['https://8.8.8.8/', 'https://[2606:4700::1111]/'])('is %s', async (address) => {
    expect(await whyNotPublic(address)).toBeNull();
  });
});

describe('a sealed secret', () => {
  test('is opened with the seal that is current, or was', async () => {
    const sealed = await seal('whsec_abc', { current: 'old', previous: undefined });
    expect(sealed).not.toContain('abc');
    expect(await unseal(sealed, { current: 'old', previous: undefined })).toBe('whsec_abc');
    expect(await unseal(sealed, { current: 'new', previous: 'old' })).toBe('whsec_abc');
    await expect(unseal(sealed, { current: 'new', previous: undefined })).rejects.toThrow('no longer known');
  });
});
