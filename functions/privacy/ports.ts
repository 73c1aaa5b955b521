import type { PersonalStore } from '../../contract/personal-data.ts';
import type { Origin } from '../events/envelope.ts';

/** How many items of each store, or orders, were erased. */
export type StoreCounts = Partial<Readonly<Record<PersonalStore | 'orders', number>>>;

/** Whom a request is about; at least one of these. */
export interface Person {
  readonly email?: string | undefined;
  /** Also the name of a customer who has no reference. */
  readonly customerReference?: string | undefined;
  /** Whose customer the reference means; of any where it is absent. */
  readonly channel?: string | undefined;
  readonly source?: string | undefined;
  /** Orders that their channel names. */
  readonly orders?: readonly ChannelOrder[] | undefined;
}

/** Who numbers customers. */
export interface CustomerSource {
  readonly channel: string;
  readonly source?: string | undefined;
}

export interface ChannelOrder {
  readonly channel: string;
  readonly source: string;
  readonly externalId: string;
}

/** Erases what is kept of a person, or gathers it. */
export type PersonalRequestKind = 'ERASURE' | 'ACCESS';

/**
 * What is done next: orders are looked for, then each is erased when it has come to its end, then all that is kept
 * outside of orders is looked through, then messages are waited for that somebody has to decide. What messages show of
 * further orders begins with these once more.
 */
export type Phase = 'FIND' | 'ORDERS' | 'BESIDE' | 'MESSAGES';

/** A request of somebody about a person. */
export interface PersonalRequest {
  readonly requestId: string;
  readonly kind: PersonalRequestKind;
  readonly state: 'PENDING' | 'RUNNING' | 'DONE';
  readonly requestedAt: string;
  readonly origin: Origin;
  readonly finishedAt?: string | undefined;
  /** When it is forgotten, of one that is. */
  readonly endsAt?: string | undefined;
  readonly counts: StoreCounts;
  /** Orders that were found. */
  readonly found: number;
  /** Of a request that is done and did nothing: several have a customer of the reference. */
  readonly ambiguous?: readonly CustomerSource[] | undefined;
  /** Gone when it is done. */
  readonly open?: { readonly phase: Phase; readonly person: Person } | undefined;
}

/** A request that is not done. */
export type OpenRequest = PersonalRequest & { readonly open: NonNullable<PersonalRequest['open']> };

/** What was found for a request, by a place that names it: of an order its id, of anything else where it is stored. */
export interface Finding {
  readonly store: PersonalStore | 'orders';
  readonly place: string;
}

/** How far a pass through the table has come, and for which requests it is made. */
export interface Pass {
  readonly requestIds: readonly string[];
  readonly position: string | null;
}

export interface PersonalRequestStore {
  /** Keeps a request, and records in the audit trail that it was made, without whom it is about. */
  add(request: OpenRequest): Promise<void>;
  find(requestId: string): Promise<PersonalRequest | null>;
  /** @returns erasures, newest first */
  erasures(
    limit: number,
    before: string | null,
  ): Promise<{ readonly items: readonly PersonalRequest[]; readonly next: string | null }>;
  /**
   * @param phase of which; undefined for any
   * @returns requests that are not done, oldest first
   */
  open(limit: number, phase?: Phase): Promise<readonly OpenRequest[]>;
  /** Moves a request from a phase to another; it stays where another run has moved it meanwhile. */
  move(requestId: string, from: Phase, to: Phase): Promise<void>;
  /** Adds to what a request has erased. */
  count(requestId: string, counts: StoreCounts): Promise<void>;
  /** Ends a request, and forgets whom it was about. @param ambiguous why it did nothing, where it did */
  finish(requestId: string, at: string, ambiguous?: readonly CustomerSource[]): Promise<void>;

  /** Notes a finding as one that is waited for, and counts an order that was found; one that is noted stays as it is. */
  note(requestId: string, finding: Finding): Promise<void>;
  /** Notes that nothing is to be done about a finding any more, and what was erased for it: once, whoever does it again. */
  settle(requestId: string, finding: Finding, counts: StoreCounts): Promise<void>;
  findings(
    requestId: string,
    options: {
      readonly store?: Finding['store'];
      readonly isWaiting?: boolean;
      readonly limit: number;
      readonly after: string | null;
    },
  ): Promise<{ readonly items: readonly Finding[]; readonly next: string | null }>;

  /**
   * Takes the turn of the only run that is made at a time.
   *
   * @param until epoch milliseconds at which another may take it, whatever became of this one
   * @returns what gives it back; null while another run has it
   */
  takeTurn(until: number): Promise<(() => Promise<void>) | null>;
  pass(phase: Phase): Promise<Pass | null>;
  /** @param pass null ends it */
  savePass(phase: Phase, pass: Pass | null): Promise<void>;
}

/** A person whose data is looked for outside of orders, with the orders that were found. */
export interface Sought {
  readonly requestId: string;
  readonly person: Person;
  readonly requestedAt: string;
  readonly orderIds: ReadonlySet<string>;
}

/** Something that cannot be read, or only with something else that cannot. */
export interface Unreadable {
  readonly finding: Finding;
  /** Requests about persons whom its words name; of whom else it may be, nobody knows. */
  readonly requestIds: readonly string[];
  readonly error: unknown;
}

export interface PersonalDataStore {
  /**
   * Looks through a page of all orders, voided ones too.
   *
   * @returns the orders of each request
   */
  findOrders(
    requests: readonly OpenRequest[],
    position: string | null,
  ): Promise<{
    readonly found: readonly { readonly requestId: string; readonly orderId: string }[];
    readonly unreadable: readonly Unreadable[];
    readonly next: string | null;
  }>;
  /** @returns where the customers of orders are from, each once */
  sourcesOf(orderIds: readonly string[]): Promise<readonly CustomerSource[]>;
  /**
   * Erases what lies beside an order whose header is erased: history, lines, documents, and messages that are settled.
   * Done twice it changes nothing the second time.
   *
   * @returns how much was erased, and the places of messages that an operator has yet to decide
   */
  eraseOrder(orderId: string): Promise<{ readonly counts: StoreCounts; readonly open: readonly string[] }>;
  /**
   * Looks through a page of all that is kept outside of orders.
   *
   * @returns what is to be erased, and before it orders that only a message shows to be the person's
   */
  findBeside(
    sought: readonly Sought[],
    position: string | null,
  ): Promise<{
    readonly found: readonly (Finding & { readonly requestId: string })[];
    readonly unreadable: readonly Unreadable[];
    readonly next: string | null;
  }>;
  /**
   * Erases what is kept at a place. What an agent asks for and nobody has decided is declined.
   *
   * @param origin who asked for the erasure, and so declines
   * @returns the store of what was erased; null where nothing was to be erased, `open` where somebody has to decide it first,
   *   or has approved it and not concluded
   */
  erase(place: string, origin: Origin): Promise<PersonalStore | null | 'open'>;
  /** @returns the orders of the person that a message from before the request came to; empty where that is undecided */
  ordersAt(place: string, request: Pick<OpenRequest, 'requestedAt' | 'open'>): Promise<readonly string[]>;
  /** @returns the id of the message at a place */
  messageIdAt(place: string): string;
  /** @returns the id of the approval at a place */
  approvalIdAt(place: string): string;
  /** @returns what is kept, in forms that a person can read; nothing where it is gone */
  read(finding: Finding): Promise<readonly unknown[]>;
}
