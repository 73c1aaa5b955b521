import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROLE_NAMES, type Role } from '../../contract/roles.ts';
import { api } from '../mcp/session.ts';
import { barriers, useOperator } from './support/operator.ts';

/** What the navigation shows to each role. */
const PAGES: Readonly<Record<Role, readonly string[]>> = {
  viewer: ['Board', 'Overview', 'Inventory', 'Help'],
  desk: ['Board', 'Overview', 'Inventory', 'New order', 'Import', 'Help'],
  warehouse: ['Board', 'Overview', 'Inventory', 'New order', 'Import', 'Help'],
  finance: ['Board', 'Overview', 'Finance', 'Help'],
  admin: [
    'Board',
    'Overview',
    'Inventory',
    'New order',
    'Import',
    'Finance',
    'Approvals',
    'Operations',
    'Help',
  ],
};

describe('the console shows what a role may do', () => {
  const operator = useOperator();
  let page: Page;
  let orderId: string;
  beforeAll(async () => {
    if (operator() === undefined) return;
    page = operator().page;
    await operator().open('/');
    const order = await api(operator().stack, 'POST', '/v1/orders', {
      orderType: 'DTC',
      currency: 'USD',
      customer: { name: 'Rosa' },
      lines: [{ sku: 'ROLES', quantity: 1, unitPrice: '1.00' }],
    });
    orderId = (order.body as { orderId: string }).orderId;
    await api(operator().stack, 'POST', '/v1/inventory/ROLES/lots', { lotNumber: 'LOT-R', quantity: 5 });
  });
  const signInAs = async (role: Role) => {
    await operator().press('Sign out');
    await page.getByRole('combobox', { name: 'Role' }).selectOption(role);
    await operator().press('Sign in');
    await page.getByRole('navigation').waitFor();
  };
  const names = () => page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts();

  describe.each(ROLE_NAMES)('%s', (role) => {
    beforeAll(async () => {
      if (page !== undefined) await signInAs(role);
    });
    const mayWrite = role !== 'viewer' && role !== 'finance';

    test('has its own pages', async () => {
      expect(await names()).toEqual(PAGES[role]);
    });

    test('opens its pages, which have no barriers', { tags: 'long' }, async () => {
      await operator().open('/help');
      for (const name of PAGES[role]) {
        await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await page.getByLabel('Loading', { exact: true }).waitFor({ state: 'detached' });
        expect(await page.getByText('Not allowed').count(), name).toBe(0);
        expect(await page.getByText('Cannot load this').count(), name).toBe(0);
        expect(await barriers(page), name).toEqual([]);
      }
    });

    test('sees an order, with the actions and tabs that it may use', async () => {
      await operator().open(`/orders/${orderId}?do=cancel`);
      await page.getByRole('heading', { name: orderId, exact: true }).waitFor();
      await page.getByRole('tab', { name: 'History' }).waitFor();
      expect(await page.getByRole('dialog').count()).toBe(mayWrite ? 1 : 0);
      if (mayWrite) await page.keyboard.press('Escape');
      expect(await page.getByRole('group', { name: 'Actions' }).count()).toBe(mayWrite ? 1 : 0);
      expect(await page.getByRole('tab', { name: 'Messages' }).count()).toBe(role === 'admin' ? 1 : 0);
      expect(await barriers(page)).toEqual([]);
    });

    test('changes stock where it may', async () => {
      await operator().open('/inventory/ROLES');
      if (role === 'finance') return operator().seen('Not allowed');
      await page.getByRole('cell', { name: 'LOT-R', exact: true }).first().waitFor();
      const mayChange = role === 'warehouse' || role === 'admin';
      expect(await page.getByRole('button', { name: 'Change LOT-R' }).count()).toBe(mayChange ? 1 : 0);
      expect(await page.getByRole('button', { name: 'Receive' }).count()).toBe(mayChange ? 1 : 0);
    });

    test('reads a sentence at the address of a page that it may not see', async () => {
      for (const path of ['/operations', '/approvals', '/finance', '/intake']) {
        await operator().open(path);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        const name = { '/operations': 'Operations', '/approvals': 'Approvals', '/finance': 'Finance' }[path];
        const isOpen = PAGES[role].includes(name ?? 'New order');
        expect(await page.getByText(`may do. Ask an administrator`).count(), path).toBe(isOpen ? 0 : 1);
      }
      expect(await barriers(page)).toEqual([]);
    });
  });

  test('a route that refuses shows a sentence for people', async () => {
    await signInAs('admin');
    await page.route('**/v1/overview**', (route) =>
      // As API Gateway refuses.
      route.fulfill({ status: 403, contentType: 'application/json', body: '{"message":"Forbidden"}' }),
    );
    await operator().open('/overview');
    await operator().seen(/Your role does not include this/);
    await page.unroute('**/v1/overview**');
  });
});
