import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Center,
  Group,
  Loader,
  NavLink,
  Stack,
  Text,
  Title,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link, Route, Switch, useLocation, useSearch } from 'wouter';
import { Offline } from './components/offline.tsx';
import { removeDrafts } from './components/saved-draft.ts';
import { helpFor } from './help.ts';
import { BoardPage } from './pages/board.tsx';
import { signIn, signOut, useSession } from './session.ts';

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

const PAGES: readonly (readonly [string, string])[] = [
  ['/', 'Board'],
  ['/overview', 'Overview'],
  ['/inventory', 'Inventory'],
  ['/intake', 'New order'],
  ['/import', 'Import'],
  ['/finance', 'Finance'],
  ['/approvals', 'Approvals'],
  ['/operations', 'Operations'],
  ['/help', 'Help'],
];

/** The console: sign-in, navigation and the current page. */
export function App() {
  const { token, who } = useSession();
  const [isOpen, { toggle, close }] = useDisclosure();
  const [place] = useLocation();
  if (token === null) return <SignIn />;
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
              {who}
            </Text>
            <HelpLink />
            <SchemeSwitch />
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                sessionStorage.setItem('signed-out', 'yes');
                removeDrafts();
                signOut();
              }}
            >
              Sign out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        {PAGES.map(([path, name]) => (
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
            <Route path="/" component={BoardPage} />
            <Route path="/orders/:orderId">{({ orderId }) => <OrderPage orderId={orderId} />}</Route>
            <Route path="/inventory" component={InventoryPage} />
            <Route path="/inventory/:sku">{({ sku }) => <SkuPage sku={decodeURIComponent(sku)} />}</Route>
            <Route path="/intake" component={NewOrderPage} />
            <Route path="/import" component={ImportPage} />
            <Route path="/finance" component={FinancePage} />
            <Route path="/approvals" component={ApprovalsPage} />
            <Route path="/overview" component={OverviewPage} />
            <Route path="/operations" component={OperationsPage} />
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
  return (
    <Center h="100dvh" component="main">
      <Stack align="center">
        <img src="/loop.svg" width={56} height={56} alt="" />
        <Title order={1} size="h2">
          Order Loop
        </Title>
        <Button onClick={() => void signIn()}>Sign in</Button>
      </Stack>
    </Center>
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
