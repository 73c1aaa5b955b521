/** The section of the operator's guide for each page, by the beginning of its path and what its query says. */
export const HELP: Readonly<Record<string, string>> = {
  '/': 'the-board',
  '/overview': 'the-overview',
  '/inventory': 'inventory',
  '/intake': 'enter-an-order',
  '/import': 'import-orders-from-a-file',
  '/finance': 'invoices-and-credit-notes',
  '/approvals': 'approvals',
  '/help': 'keyboard',
  '/orders': 'the-order-page',
  '/orders?tab=documents': 'documents-sent-to-partners-and-shops',
  '/orders?tab=messages': 'quarantined-messages',
  '/orders?tab=shipments': 'ship-an-order',
  '/orders?do=hold': 'hold-an-order',
  '/orders?do=amend': 'amend-an-order',
  '/orders?do=ship': 'ship-an-order',
  '/orders?do=deliver': 'confirm-a-delivery',
  '/orders?do=cancel': 'cancel-an-order',
  '/orders?do=return': 'record-a-return',
  '/orders?do=release': 'allocation-and-backorders',
  '/operations': 'quarantined-messages',
  '/operations?show=dead': 'dead-letters',
  '/operations?show=stuck': 'stuck-orders',
  '/operations?show=unacknowledged': 'unacknowledged-documents',
  '/operations?show=blocked': 'blocked-documents',
  '/operations?show=items': 'unknown-items',
  '/operations?show=connections': 'orders-whose-message-was-lost',
  '/operations?show=stock': 'published-stock',
  '/operations?show=subscriptions': 'subscriptions',
  '/operations?show=personal': 'personal-data',
  '/operations?show=audit': 'audit-trail',
};

/** @returns the address of the section of the guide for a page; of the guide's beginning where there is none. */
export function helpFor(path: string, search: string): string {
  const page = `/${path.split('/')[1] ?? ''}`;
  const shown = [...new URLSearchParams(search)].map(([name, value]) => `${page}?${name}=${value}`);
  // What is open on a page is more than the page itself, and a dialog more than a tab.
  const section = [...shown.reverse(), page].map((each) => HELP[each]).find((each) => each !== undefined);
  return section === undefined ? '/help' : `/help#${section}`;
}
