import { Paper, SimpleGrid, Text, Title } from '@mantine/core';
import type { OrderResponse } from '../../../contract/responses.ts';
import { words } from '../format.ts';

type Detail = NonNullable<OrderResponse['channelData']>[number];

/** What the channel said of the order besides its terms: references, dates, parties, routing, instructions and charges. */
export function ChannelDetails({ order: { channelData = [] } }: { readonly order: OrderResponse }) {
  if (channelData.length === 0) return null;
  const kinds = [...new Set(channelData.map(({ kind }) => kind))];
  return (
    <Paper withBorder p="sm" component="section" aria-label="Channel details">
      <Title order={2} size="h6" mb="xs">
        Said by the channel
      </Title>
      <SimpleGrid cols={{ base: 1, md: 2, lg: 3 }} verticalSpacing="xs">
        {kinds.map((kind) => (
          <div key={kind}>
            <Text size="xs" c="dimmed">
              {words(kind)}
            </Text>
            <Details details={channelData.filter((detail) => detail.kind === kind)} />
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  );
}

/** Details, each with what it is. */
export function Details({ details }: { readonly details: readonly Detail[] }) {
  return details.map(({ label, value }) => (
    <Text key={`${label} ${value}`} size="xs" style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
      {label}
      {value !== '' && `: ${value}`}
    </Text>
  ));
}
