import { NativeSelect, NumberInput, Text } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { OUTAGE_MINUTES } from '../../../domain/outage';
import { useSession } from '../data';
import { Confirm } from '../parts/confirm';
import { useStartOutage } from './data';

const USUAL_MINUTES = 30;

export function Start({ onClose }: { readonly onClose: () => void }) {
  const { gateways } = useSession();
  const start = useStartOutage();
  const go = useNavigate();
  const [gateway, setGateway] = useState(gateways[0]);
  const [minutes, setMinutes] = useState<number | string>(USUAL_MINUTES);
  const submit = (reason: string): void => {
    if (!gateway) return;
    start.mutate(
      { gateway, minutes: Number(minutes), reason },
      { onSuccess: ({ id }) => void go(`/outages/${encodeURIComponent(id)}`) },
    );
  };
  return (
    <Confirm
      title="Start outage mode"
      submit="Start"
      pending={start.isPending}
      error={start.error}
      ready={gateway !== undefined && typeof minutes === 'number' && minutes >= OUTAGE_MINUTES.min}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm">
        Every order that waits for its money at the gateway gets that much more time, one after another, with a result
        for each.
      </Text>
      <NativeSelect
        label="Gateway"
        data={[...gateways]}
        value={gateway}
        onChange={(event) => setGateway(gateways.find((name) => name === event.currentTarget.value))}
      />
      <NumberInput
        label="Minutes"
        required
        allowDecimal={false}
        min={OUTAGE_MINUTES.min}
        max={OUTAGE_MINUTES.max}
        clampBehavior="strict"
        value={minutes}
        onChange={setMinutes}
      />
    </Confirm>
  );
}
