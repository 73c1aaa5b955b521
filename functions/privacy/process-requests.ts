import { isFinal } from '../../domain/order/lifecycle.ts';
import { handleOrderCommand } from '../orders/handle-order-command.ts';
import type { Ports } from '../orders/ports.ts';
import type {
  Finding,
  OpenRequest,
  Person,
  PersonalDataStore,
  PersonalRequestKind,
  PersonalRequestStore,
  Phase,
  Sought,
  StoreCounts,
  Unreadable,
} from './ports.ts';

/** Requests that share a pass through the table; those that come after them wait for the next one. */
const MAX_OPEN = 1000;
/** Requests that may wait for orders or messages at the same time. */
const MAX_WAITING = 100_000;
/** Findings that are read at a time. */
const PAGE = 100;

/** @returns a request as it is made */
export function requestOf(
  kind: PersonalRequestKind,
  person: Person,
  made: Pick<OpenRequest, 'requestId' | 'requestedAt' | 'origin'>,
): OpenRequest {
  return { ...made, kind, state: 'PENDING', counts: {}, found: 0, open: { phase: 'FIND', person } };
}

export interface PersonalRequestsDependencies {
  readonly ports: Ports;
  readonly requests: PersonalRequestStore;
  readonly data: PersonalDataStore;
  /**
   * Hears of what could not be erased or gathered, which the next run repeats; and of what could not be read so that
   * nobody knows whose it is, with null.
   */
  readonly report: (requestId: string | null, place: string, error: unknown) => void;
}

/** Milliseconds after its time for which a run may still be at what it began. */
const TURN_MARGIN = 60_000;

/**
 * Continues every request about a person: each step leaves a true state, and is done again where it was interrupted.
 * Requests share their passes through the table, so that a thousand take as long as one. One run is made at a time.
 *
 * @param until epoch milliseconds after which nothing further is begun
 * @returns how many requests were finished; null while another run is at them
 */
export async function processRequests(
  dependencies: PersonalRequestsDependencies,
  until: number,
): Promise<number | null> {
  if ((await dependencies.requests.open(1)).length === 0) return 0;
  const giveBack = await dependencies.requests.takeTurn(until + TURN_MARGIN);
  if (giveBack === null) return null;
  try {
    return await processInTurn(dependencies, until);
  } finally {
    await giveBack();
  }
}

async function processInTurn(dependencies: PersonalRequestsDependencies, until: number): Promise<number> {
  const { requests } = dependencies;
  const waiting = (phase: Phase) => requests.open(MAX_WAITING, phase);
  const waited = new Set((await waiting('ORDERS')).map(({ requestId }) => requestId));
  await findOrders(dependencies, await requests.open(MAX_OPEN, 'FIND'), until);
  let finished = 0;
  // Orders that were waited for before may be waited for still: looking at them again comes last.
  for (const isAgain of [false, true]) {
    const ofOrders = (await waiting('ORDERS')).filter(({ requestId }) => waited.has(requestId) === isAgain);
    const work = async (request: OpenRequest) => {
      if (await eraseOrders(dependencies, request, until))
        await requests.move(request.requestId, 'ORDERS', 'BESIDE');
    };
    // The position is of those that waited before: new requests have the newest ids, and would set it back each time.
    if (isAgain) await continueBehindLast(dependencies, 'ORDERS', ofOrders, until, work);
    else await workOnEach(ofOrders, until, work);
    await findBeside(dependencies, await requests.open(MAX_OPEN, 'BESIDE'), until);
    finished += await finishRequests(dependencies, await waiting('MESSAGES'), until);
  }
  return finished;
}

/** @returns how many were finished */
async function finishRequests(
  dependencies: PersonalRequestsDependencies,
  waiting: readonly OpenRequest[],
  until: number,
): Promise<number> {
  const { requests, ports } = dependencies;
  let finished = 0;
  await continueBehindLast(dependencies, 'MESSAGES', waiting, until, async (request) => {
    const { requestId } = request;
    const isDone = await settleBeside(dependencies, request, until);
    if (await isWaitingForOrders(requests, requestId)) await requests.move(requestId, 'MESSAGES', 'ORDERS');
    else if (isDone) {
      await requests.finish(requestId, ports.now());
      finished += 1;
    }
  });
  return finished;
}

/**
 * Works on requests one after the other, beginning behind the last one of the run before, so that those that wait for long
 * keep nobody else waiting.
 */
async function continueBehindLast(
  { requests }: PersonalRequestsDependencies,
  phase: Phase,
  waiting: readonly OpenRequest[],
  until: number,
  work: (request: OpenRequest) => Promise<void>,
): Promise<void> {
  if (waiting.length === 0) return;
  const last = (await requests.pass(phase))?.position ?? '';
  const ahead = waiting.filter(({ requestId }) => requestId > last);
  const behind = waiting.filter(({ requestId }) => requestId <= last);
  const position = await workOnEach([...ahead, ...behind], until, work);
  if (position !== null) await requests.savePass(phase, { requestIds: [], position });
}

/** @returns the id of the last request that there was time for; null for none */
async function workOnEach(
  waiting: readonly OpenRequest[],
  until: number,
  work: (request: OpenRequest) => Promise<void>,
): Promise<string | null> {
  let done: string | null = null;
  for (const request of waiting) {
    if (Date.now() >= until) break;
    await work(request);
    done = request.requestId;
  }
  return done;
}

/** Goes through pages of the table for the requests that a pass was begun for. */
async function passThrough(
  { requests }: PersonalRequestsDependencies,
  phase: Phase,
  waiting: readonly OpenRequest[],
  until: number,
  look: (requests: readonly OpenRequest[], position: string | null) => Promise<string | null>,
): Promise<readonly OpenRequest[]> {
  const begun = await requests.pass(phase);
  const requestIds = begun?.requestIds ?? waiting.map(({ requestId }) => requestId);
  const included = waiting.filter(({ requestId }) => requestIds.includes(requestId));
  if (included.length === 0) {
    if (begun !== null) await requests.savePass(phase, null);
    return [];
  }
  let position = begun?.position ?? null;
  while (Date.now() < until) {
    position = await look(included, position);
    await requests.savePass(phase, position === null ? null : { requestIds, position });
    if (position === null) return included;
  }
  return [];
}

async function findOrders(
  dependencies: PersonalRequestsDependencies,
  waiting: readonly OpenRequest[],
  until: number,
): Promise<void> {
  const { ports, requests, data, report } = dependencies;
  const done = await passThrough(dependencies, 'FIND', waiting, until, async (included, position) => {
    const { found, unreadable, next } = await data.findOrders(included, position);
    for (const { requestId, orderId } of found) {
      await requests.note(requestId, { store: 'orders', place: orderId });
    }
    await noteUnreadable(dependencies, unreadable);
    return next;
  });
  for (const { requestId, open } of done) {
    try {
      const sources =
        open.person.customerReference === undefined
          ? []
          : await data.sourcesOf([...(await ordersFound(requests, requestId))]);
      // Shops number their customers alike: nobody knows which of them is meant.
      if (sources.length > 1) await requests.finish(requestId, ports.now(), sources);
      else await requests.move(requestId, 'FIND', 'ORDERS');
    } catch (error) {
      // The others continue, and this one is found again by the next pass.
      report(requestId, 'orders', error);
    }
  }
}

/** Notes what cannot be read as waited for by the requests that it may concern. */
async function noteUnreadable(
  { requests, report }: PersonalRequestsDependencies,
  unreadable: readonly Unreadable[],
): Promise<void> {
  for (const { finding, requestIds, error } of unreadable) {
    for (const requestId of requestIds) await requests.note(requestId, finding);
    for (const requestId of requestIds.length === 0 ? [null] : requestIds) {
      report(requestId, finding.place, error);
    }
  }
}

/** @returns whether none is waited for any more */
async function eraseOrders(
  dependencies: PersonalRequestsDependencies,
  { requestId, kind, origin }: OpenRequest,
  until: number,
): Promise<boolean> {
  const { ports, requests, data } = dependencies;
  return settleAll(dependencies, requestId, 'orders', until, async (finding) => {
    if (kind === 'ACCESS') return readable(data, finding);
    const orderId = finding.place;
    const order = await ports.orders.load(orderId);
    if (order === null) return {};
    if (!isFinal(order.state) && !order.voided) return null;
    const command = { type: 'ErasePersonalData', erasureId: requestId } as const;
    const outcome = await handleOrderCommand(ports, { orderId, command, origin });
    if (outcome.kind !== 'done') return null;
    const { counts, open } = await data.eraseOrder(orderId);
    for (const place of open) await requests.note(requestId, { store: 'messages', place });
    return { orders: 1, ...counts };
  });
}

async function findBeside(
  dependencies: PersonalRequestsDependencies,
  waiting: readonly OpenRequest[],
  until: number,
): Promise<void> {
  const { requests, data, report } = dependencies;
  /** @returns as `data.erase` does; what cannot be erased now is open */
  const erase = async ({ requestId, origin }: OpenRequest, place: string) => {
    try {
      return await data.erase(place, origin);
    } catch (error) {
      report(requestId, place, error);
      return 'open';
    }
  };
  let sought: readonly Sought[] | null = null;
  const done = await passThrough(dependencies, 'BESIDE', waiting, until, async (included, position) => {
    sought ??= await Promise.all(included.map((request) => soughtBy(requests, request)));
    const { found, unreadable, next } = await data.findBeside(sought, position);
    await noteUnreadable(dependencies, unreadable);
    for (const { requestId, ...finding } of found) {
      if (finding.store === 'orders') {
        await requests.note(requestId, finding);
        continue;
      }
      const erasure = included.find((each) => each.requestId === requestId && each.kind === 'ERASURE');
      const erased = erasure === undefined ? 'open' : await erase(erasure, finding.place);
      if (erased === 'open') await requests.note(requestId, finding);
      else if (erased !== null) await requests.count(requestId, { [erased]: 1 });
    }
    return next;
  });
  for (const { requestId } of done) await requests.move(requestId, 'BESIDE', 'MESSAGES');
}

async function soughtBy(requests: PersonalRequestStore, request: OpenRequest): Promise<Sought> {
  const { requestId, requestedAt, open } = request;
  return { requestId, requestedAt, person: open.person, orderIds: await ordersFound(requests, requestId) };
}

async function ordersFound(requests: PersonalRequestStore, requestId: string): Promise<ReadonlySet<string>> {
  const orderIds = new Set<string>();
  let after: string | null = null;
  do {
    const page = await requests.findings(requestId, { store: 'orders', limit: PAGE, after });
    for (const { place } of page.items) orderIds.add(place);
    after = page.next;
  } while (after !== null);
  return orderIds;
}

/**
 * Erases what was waited for outside of orders, or reads it where it is gathered.
 *
 * @returns whether none is waited for any more
 */
function settleBeside(
  dependencies: PersonalRequestsDependencies,
  request: OpenRequest,
  until: number,
): Promise<boolean> {
  const { requests, data } = dependencies;
  const { requestId, kind } = request;
  return settleAll(dependencies, requestId, undefined, until, async (finding) => {
    // It has a phase of its own.
    if (finding.store === 'orders') return null;
    if (kind === 'ACCESS') return readable(data, finding);
    const { place } = finding;
    // An order that was made of it since is received after the request, and is of before it nevertheless.
    for (const orderId of await data.ordersAt(place, request)) {
      await requests.note(requestId, { store: 'orders', place: orderId });
    }
    const erased = await data.erase(place, request.origin);
    if (erased === 'open') return null;
    return erased === null ? {} : { [erased]: 1 };
  });
}

/** @throws Error where a person could not be given what was found */
async function readable(data: PersonalDataStore, finding: Finding): Promise<StoreCounts> {
  await data.read(finding);
  return {};
}

async function isWaitingForOrders(requests: PersonalRequestStore, requestId: string): Promise<boolean> {
  const waiting = { store: 'orders', isWaiting: true, limit: PAGE, after: null } as const;
  return (await requests.findings(requestId, waiting)).items.length > 0;
}

/**
 * Settles what is waited for, as far as it may be.
 *
 * @param store undefined for all of them
 * @param settle gives what was erased for a finding, or null where it is waited for still
 * @returns whether none is waited for any more
 */
async function settleAll(
  { requests, report }: PersonalRequestsDependencies,
  requestId: string,
  store: Finding['store'] | undefined,
  until: number,
  settle: (finding: Finding) => Promise<StoreCounts | null>,
): Promise<boolean> {
  let isDone = true;
  let after: string | null = null;
  do {
    const page = await requests.findings(requestId, {
      ...(store !== undefined && { store }),
      isWaiting: true,
      limit: PAGE,
      after,
    });
    for (const finding of page.items) {
      if (Date.now() >= until) return false;
      try {
        const counts = await settle(finding);
        if (counts === null) isDone = false;
        else await requests.settle(requestId, finding, counts);
      } catch (error) {
        // One that cannot be erased holds up its own request alone.
        report(requestId, finding.place, error);
        isDone = false;
      }
    }
    after = page.next;
  } while (after !== null);
  return isDone;
}
