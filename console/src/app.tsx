import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Center,
  Group,
  Loader,
  NativeSelect,
  NavLink,
  Stack,
  Text,
  Title,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Link, Route, Switch, useLocation, useSearch } from 'wouter';
import { ROLE_NAMES } from '../../contract/roles.ts';
import type { Scope } from '../../contract/routes.ts';
import { Offline } from './components/offline.tsx';
import { removeDrafts } from './components/saved-draft.ts';
import { helpFor } from './help.ts';
import { BoardPage } from './pages/board.tsx';
import { endSession, isLocalSignIn, signIn, useMay, useSession } from './session.ts';

const OrderPage = lazy(() => import('./pages/order.tsx'));
const InventoryPage = lazy(() => import('./pages/inventory.tsx'));
const SkuPage = lazy(() => import('./pages/sku.tsx'));
const NewOrderPage = lazy(() => import('./pages/new-order.tsx'));
const ImportPage = lazy(() => import('./pages/import.tsx'));
const FinancePage = lazy(() => import('./pages/finance.tsx'));
const ApprovalsPage = lazy(() => import('./pages/approvals.tsx'));
const OverviewPage = lazy(() => import('./pages/overview.tsx'));
const OperationsPage = lazy(() => import('./pages/operations.tsx'));
const HelpPage = lazy(() => import('./pages/help.tsx'));

/** Path, name and the scope without which a page shows nothing. */
const PAGES: readonly (readonly [string, string, Scope?])[] = [
  ['/', 'Board', 'orders/read'],
  ['/overview', 'Overview', 'orders/read'],
  ['/inventory', 'Inventory', 'inventory/read'],
  ['/intake', 'New order', 'orders/write'],
  ['/import', 'Import', 'orders/write'],
  ['/finance', 'Finance', 'finance/read'],
  ['/approvals', 'Approvals', 'operations/admin'],
  ['/operations', 'Operations', 'operations/admin'],
  ['/help', 'Help'],
];

/** The console: sign-in, navigation and the current page. */
export function App() {
  const { token, who, roles } = useSession();
  const may = useMay();
  const [isOpen, { toggle, close }] = useDisclosure();
  const [place] = useLocation();
  if (token === null) return <SignIn />;
  const guarded = (scope: Scope, page: () => ReactNode) => (may(scope) ? page() : <NotAllowed />);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 190, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Pages" />
            <img src="/loop.svg" width={26} height={26} alt="" />
            <Text fw={700}>Order Loop</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" c="dimmed" visibleFrom="xs">
              {[who, ...roles].join(' · ')}
            </Text>
            <HelpLink />
            <SchemeSwitch />
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                removeDrafts();
                void endSession();
              }}
            >
              Sign out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        {PAGES.filter(([, , scope]) => scope === undefined || may(scope)).map(([path, name]) => (
          <NavLink
            key={path}
            component={Link}
            href={path}
            label={name}
            active={path === '/' ? place === '/' : place.startsWith(path)}
            onClick={close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <Offline />
        <Suspense fallback={<PageLoader />}>
          <Switch>
            <Route path="/">
              {guarded('orders/read', () => (
                <BoardPage />
              ))}
            </Route>
            <Route path="/orders/:orderId">
              {({ orderId }) => guarded('orders/read', () => <OrderPage orderId={orderId} />)}
            </Route>
            <Route path="/inventory">
              {guarded('inventory/read', () => (
                <InventoryPage />
              ))}
            </Route>
            <Route path="/inventory/:sku">
              {({ sku }) => guarded('inventory/read', () => <SkuPage sku={decodeURIComponent(sku)} />)}
            </Route>
            <Route path="/intake">
              {guarded('orders/write', () => (
                <NewOrderPage />
              ))}
            </Route>
            <Route path="/import">
              {guarded('orders/write', () => (
                <ImportPage />
              ))}
            </Route>
            <Route path="/finance">
              {guarded('finance/read', () => (
                <FinancePage />
              ))}
            </Route>
            <Route path="/approvals">
              {guarded('operations/admin', () => (
                <ApprovalsPage />
              ))}
            </Route>
            <Route path="/overview">
              {guarded('orders/read', () => (
                <OverviewPage />
              ))}
            </Route>
            <Route path="/operations">
              {guarded('operations/admin', () => (
                <OperationsPage />
              ))}
            </Route>
            <Route path="/help">
              <HelpPage name="operators" />
            </Route>
            <Route path="/help/glossary">
              <HelpPage name="glossary" />
            </Route>
            <Route>
              <Title order={1} size="h2">
                Page not found
              </Title>
            </Route>
          </Switch>
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}

function SignIn() {
  const [role, setRole] = useState<string>('admin');
  return (
    <Center h="100dvh" component="main">
      <Stack align="center">
        <img src="/loop.svg" width={56} height={56} alt="" />
        <Title order={1} size="h2">
          Order Loop
        </Title>
        {isLocalSignIn() && (
          <NativeSelect
            label="Role"
            data={ROLE_NAMES}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value)}
          />
        )}
        <Button
          onClick={() => void signIn(isLocalSignIn() ? ROLE_NAMES.find((each) => each === role) : undefined)}
        >
          Sign in
        </Button>
      </Stack>
    </Center>
  );
}

/** In place of a page that the operator's role does not include. */
function NotAllowed() {
  const { roles } = useSession();
  return (
    <Stack>
      <Title order={1} size="h3">
        Not allowed
      </Title>
      <Text>
        {roles.length === 0
          ? 'You have no role yet. Ask an administrator to give you one, then sign in again.'
          : `This page is not part of what the role ${roles.join(' and ')} may do. Ask an administrator if you need it.`}
      </Text>
    </Stack>
  );
}

/** Opens the guide at the section of the current page, also by the key `?`. */
function HelpLink() {
  const [place, go] = useLocation();
  const help = helpFor(place, useSearch());
  useHotkeys([['shift+?', () => go(help)]]);
  return (
    <ActionIcon
      variant="default"
      component={Link}
      href={help}
      aria-label="Help with this page"
      aria-keyshortcuts="?"
      title="?"
    >
      ?
    </ActionIcon>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="default"
      aria-label={isDark ? 'Light colours' : 'Dark colours'}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? '☀' : '☾'}
    </ActionIcon>
  );
}

function PageLoader(): ReactNode {
  return (
    <Center h={200}>
      <Loader aria-label="Loading" />
    </Center>
  );
}
