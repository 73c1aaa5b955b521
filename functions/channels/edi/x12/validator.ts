import { isDate, isTime } from './element-validator.ts';
import { validateGroup } from './group-validator.ts';
import { INTERCHANGE_NOTE, type InterchangeReport, type ReceiverPolicy } from './report.ts';
import { element, type FunctionalGroup, type Interchange, type InterchangeHeader } from './types.ts';

/** Notes that a receiver may overlook: every group arrived, only the envelope's own arithmetic is wrong. */
const FORGIVABLE: ReadonlySet<string> = new Set([
  INTERCHANGE_NOTE.CONTROL_NUMBERS_DIFFER,
  INTERCHANGE_NOTE.GROUP_COUNT,
]);

const INTERCHANGE_QUALIFIERS = new Set(
  '01 02 03 04 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 AM NR SA SN ZZ'.split(
    ' ',
  ),
);

/**
 * Judges one interchange: its envelope first, then each group, each set, each segment, each element. The report is
 * what the TA1 and the 997 are built from; sets in it with verdict A or E may be booked.
 */
export function validateInterchange(
  interchange: Interchange,
  policy: ReceiverPolicy = {},
): InterchangeReport {
  const noteCode = envelopeNote(interchange, policy);
  if (noteCode !== INTERCHANGE_NOTE.NONE && !(policy.acceptErrors === true && FORGIVABLE.has(noteCode))) {
    return { interchange, verdict: 'R', noteCode, groups: [] };
  }
  const seen = new Set<string>();
  const groups = interchange.groups.map((group) =>
    validateGroup(group, interchange.separators, policy, seen),
  );
  return { interchange, verdict: noteCode === INTERCHANGE_NOTE.NONE ? 'A' : 'E', noteCode, groups };
}

/** The first reason to answer anything but `000`. Whether the bytes are whole is asked before what they say. */
function envelopeNote(interchange: Interchange, policy: ReceiverPolicy): string {
  const { header, trailer, groups } = interchange;
  const field = headerNote(header);
  if (field !== null) return field;
  if (policy.senderKnown === false) return INTERCHANGE_NOTE.SENDER_ID;
  if (policy.addressedToUs === false) return INTERCHANGE_NOTE.RECEIVER_UNKNOWN;
  if (trailer === null) return INTERCHANGE_NOTE.END_OF_FILE;
  if (interchange.strays.length > 0) return INTERCHANGE_NOTE.CONTROL_STRUCTURE;
  if (element(trailer, 2) !== header.controlNumber) return INTERCHANGE_NOTE.CONTROL_NUMBERS_DIFFER;
  if (!/^\d{1,5}$/.test(element(trailer, 1)) || Number(element(trailer, 1)) !== groups.length) {
    return INTERCHANGE_NOTE.GROUP_COUNT;
  }
  if (groups.some((group) => !addressable(group))) return INTERCHANGE_NOTE.CONTENT;
  // Last: a resend of something that was refused for its form is refused for its form again.
  return policy.duplicate === true ? INTERCHANGE_NOTE.DUPLICATE : INTERCHANGE_NOTE.NONE;
}

function headerNote(header: InterchangeHeader): string | null {
  if (!/^0[0-8]$/.test(header.authorizationQualifier)) return INTERCHANGE_NOTE.AUTHORIZATION_QUALIFIER;
  if (!/^0[01]$/.test(header.securityQualifier)) return INTERCHANGE_NOTE.SECURITY_QUALIFIER;
  if (!INTERCHANGE_QUALIFIERS.has(header.senderQualifier)) return INTERCHANGE_NOTE.SENDER_QUALIFIER;
  if (!isIdentifier(header.senderId)) return INTERCHANGE_NOTE.SENDER_ID;
  if (!INTERCHANGE_QUALIFIERS.has(header.receiverQualifier)) return INTERCHANGE_NOTE.RECEIVER_QUALIFIER;
  if (!isIdentifier(header.receiverId)) return INTERCHANGE_NOTE.RECEIVER_ID;
  if (!isDate(`20${header.date}`)) return INTERCHANGE_NOTE.DATE;
  if (!isTime(header.time)) return INTERCHANGE_NOTE.TIME;
  // A group may be of a newer release than the envelope that carries it.
  if (!/^00[3-6]0\d$/.test(header.version)) return INTERCHANGE_NOTE.VERSION_NOT_SUPPORTED;
  if (header.version < '00402' && header.standardsId !== 'U') return INTERCHANGE_NOTE.STANDARDS_ID;
  if (!/^\d{9}$/.test(header.controlNumber)) return INTERCHANGE_NOTE.CONTROL_NUMBER;
  if (!/^[0-3]$/.test(header.acknowledgmentRequested)) return INTERCHANGE_NOTE.ACKNOWLEDGMENT_REQUESTED;
  if (!/^[PTI]$/.test(header.usage)) return INTERCHANGE_NOTE.USAGE;
  return null;
}

/** ISA06 and ISA08: printable ASCII that begins with something. */
function isIdentifier(id: string): boolean {
  return /^[\x21-\x7e][\x20-\x7e]{0,14}$/.test(id);
}

/** Whether a GS says enough to be answered: who, when, and by whose standard. */
function addressable(group: FunctionalGroup): boolean {
  const { header } = group;
  const date = element(header, 4);
  return (
    /^[A-Z0-9]{2}$/.test(element(header, 1)) &&
    /^[\x20-\x7e]{2,15}$/.test(element(header, 2)) &&
    /^[\x20-\x7e]{2,15}$/.test(element(header, 3)) &&
    isDate(date.length === 6 ? `20${date}` : date) &&
    isTime(element(header, 5)) &&
    /^[XT]$/.test(element(header, 7)) &&
    header.elements.length === 8
  );
}
