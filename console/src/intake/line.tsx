import { Button, NumberInput, Paper, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { InventoryResponse } from '../../../contract/responses.ts';
import { api } from '../api.ts';
import { count } from '../format.ts';
import { casesError, type DraftLine } from './draft.ts';

interface Props {
  readonly line: DraftLine;
  readonly place: number;
  readonly isWholesale: boolean;
  /** Units of the SKU over all lines. */
  readonly wanted: number;
  readonly onChange: (change: Partial<DraftLine>) => void;
  readonly onRemove: (() => void) | null;
}

/** The fields of a line, with a check of its cases and the availability of its SKU. */
export function LineFields({ line, place, isWholesale, wanted, onChange, onRemove }: Props) {
  const cases = Number(line.unitsPerCase) > 0 ? Number(line.quantity) / Number(line.unitsPerCase) : null;
  return (
    <Paper withBorder p="sm" component="fieldset" m={0} aria-label={`Line ${place}`}>
      <div className="line-fields">
        <TextInput
          label="SKU"
          required
          maxLength={128}
          value={line.sku}
          onChange={(event) => onChange({ sku: event.currentTarget.value })}
        />
        <NumberInput
          label="Units"
          required
          min={1}
          max={1_000_000}
          value={line.quantity}
          onChange={(quantity) => onChange({ quantity })}
        />
        <TextInput
          label="Unit price"
          required
          placeholder="20.00"
          inputMode="decimal"
          value={line.unitPrice}
          onChange={(event) => onChange({ unitPrice: event.currentTarget.value })}
        />
        {isWholesale && (
          <>
            <NumberInput
              label="Units per case"
              min={1}
              value={line.unitsPerCase}
              onChange={(unitsPerCase) => onChange({ unitsPerCase })}
              error={casesError(line)}
            />
            <NumberInput
              label="Cases per pallet"
              min={1}
              value={line.casesPerPallet}
              onChange={(casesPerPallet) => onChange({ casesPerPallet })}
            />
          </>
        )}
        <TextInput
          label="Pin to lot"
          maxLength={128}
          value={line.lotPin}
          onChange={(event) => onChange({ lotPin: event.currentTarget.value })}
        />
        {onRemove !== null && (
          <Button variant="default" aria-label={`Remove line ${place}`} onClick={onRemove} mt={25}>
            Remove
          </Button>
        )}
      </div>
      <Text size="sm" c="dimmed" component="div" mt={4} mih={20}>
        {cases !== null && Number.isInteger(cases) && `${count(cases)} ${cases === 1 ? 'case' : 'cases'} · `}
        <Availability sku={line.sku} wanted={wanted} lotPin={line.lotPin.trim()} />
      </Text>
    </Paper>
  );
}

/** The available quantity of a SKU, or of the pinned lot. */
function Availability({
  sku,
  wanted,
  lotPin,
}: {
  readonly sku: string;
  readonly wanted: number;
  readonly lotPin: string;
}) {
  const [stable] = useDebouncedValue(sku.trim(), 300);
  const stock = useQuery({
    queryKey: ['sku', stable],
    queryFn: () => api<InventoryResponse>(`/v1/inventory/${encodeURIComponent(stable)}`),
    enabled: stable !== '',
    refetchInterval: 5_000,
  });
  if (stock.data === undefined || stable !== sku.trim()) return null;
  const lot = stock.data.lots.find(({ lotNumber }) => lotNumber === lotPin);
  if (lotPin !== '' && lot === undefined) {
    return (
      <Text span size="sm" c="red" role="status">
        Lot {lotPin} of this SKU does not exist
      </Text>
    );
  }
  const available = lot === undefined ? stock.data.available : lot.status === 'AVAILABLE' ? lot.available : 0;
  const short = wanted - available;
  return (
    <Text span size="sm" role="status" fw={short > 0 ? 600 : 400}>
      {count(available)} available{lot !== undefined && ` of lot ${lotPin}`}
      {short > 0 && `: ${count(short)} short, which will be backordered`}
    </Text>
  );
}
