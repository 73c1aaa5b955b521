/**
 * The check digit that GS1 puts behind a number (GTIN, GLN, SSCC): digits weighted 3 and 1 from the right, up to the
 * next ten.
 *
 * @param digits the number without its check digit
 * @throws RangeError for anything but digits
 */
export function gs1CheckDigit(digits: string): string {
  if (!/^\d+$/.test(digits)) throw new RangeError('a GS1 number has digits only');
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const weight = (digits.length - index) % 2 === 1 ? 3 : 1;
    sum += Number(digits[index]) * weight;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Whether these are the 18 digits of a Serial Shipping Container Code, of which the last is right. */
export function isSscc18(code: string): boolean {
  return /^\d{18}$/.test(code) && gs1CheckDigit(code.slice(0, 17)) === code[17];
}
