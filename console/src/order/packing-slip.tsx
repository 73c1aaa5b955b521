import { Button } from '@mantine/core';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';

/** Milliseconds after which the new window has surely read the page. */
const READ_BY_THEN = 60_000;

/** Opens the packing slip in a window of its own, to be printed. */
export function PackingSlip({ path, shipmentId }: { readonly path: string; readonly shipmentId?: string }) {
  const act = useAct();
  const open = async () => {
    const query = shipmentId === undefined ? '' : `?shipmentId=${encodeURIComponent(shipmentId)}`;
    const page = await api<string>(`${path}/packing-slip${query}`);
    const url = URL.createObjectURL(new Blob([page], { type: 'text/html' }));
    window.open(url, '_blank', 'noopener');
    setTimeout(() => URL.revokeObjectURL(url), READ_BY_THEN);
  };
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      loading={act.isPending}
      onClick={() => act.mutate({ done: null, act: open })}
    >
      Packing slip
    </Button>
  );
}
