import { gs1CheckDigit } from '../../../../domain/gs1.ts';

/**
 * A Serial Shipping Container Code of 18 digits, for one logistic unit.
 *
 * @param extension 0 to 9, to have ten times as many serial numbers
 * @param companyPrefix the GS1 company prefix, 7 to 10 digits, its leading zero included
 * @param serial counts the units; it fills the 16 digits left by extension and prefix
 * @throws RangeError when the serial number does not fit
 */
export function sscc18(extension: number, companyPrefix: string, serial: number): string {
  const room = 16 - companyPrefix.length;
  const digits = String(serial).padStart(room, '0');
  if (!/^\d$/.test(String(extension)) || !/^\d{7,10}$/.test(companyPrefix)) {
    throw new RangeError('an SSCC needs an extension digit and a company prefix of 7 to 10 digits');
  }
  if (!Number.isSafeInteger(serial) || serial < 0 || digits.length > room) {
    throw new RangeError(`the serial number of an SSCC has at most ${room} digits here`);
  }
  const body = `${extension}${companyPrefix}${digits}`;
  return body + gs1CheckDigit(body);
}

/**
 * The Serial Shipping Container Code of a unit that is counted on and on: when the digits behind the company prefix are
 * used up the extension digit counts, and after ten times that the codes begin anew, which GS1 allows after a year.
 *
 * @param companyPrefix the GS1 company prefix, 7 to 10 digits
 * @param serial a whole number from 0
 */
export function ssccOf(companyPrefix: string, serial: number): string {
  const ofOneExtension = 10 ** (16 - companyPrefix.length);
  return sscc18(Math.floor(serial / ofOneExtension) % 10, companyPrefix, serial % ofOneExtension);
}
