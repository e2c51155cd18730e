import { Button, Card, Group, Modal, NativeSelect, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { QRCodeSVG } from 'qrcode.react';
import { useState } from 'react';
import { type GatewayName, GATEWAYS } from '../../domain/payment';
import { type ShopOrder, type ShopPayment } from '../../storefront/contract';
import { money } from '../kit/format';
import { useCancel, useSwitchGateway } from './client';
import { Countdown, useNow } from './clock';
import { Failure } from './parts';
import { GATEWAY_NAMES } from './words';

/** How an order is paid: a code to scan, a link to the gateway's own page, another gateway, or not at all. */
export function Cashier({ order }: { order: ShopOrder }) {
  const over = useNow() >= Date.parse(order.payBy);
  return (
    <Card withBorder component="section" aria-label="Cashier">
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h3">
            Pay {money(order.amount)}
          </Title>
          {over ? <Text size="sm">The time to pay is over</Text> : <Countdown at={order.payBy} label="Time left" />}
        </Group>
        {over ? (
          <Text>We are making sure that no payment is under way.</Text>
        ) : (
          <>
            {order.payment && <Payment payment={order.payment} />}
            <Switch order={order} />
            <Cancel orderId={order.id} />
          </>
        )}
      </Stack>
    </Card>
  );
}

function Payment({ payment }: { payment: ShopPayment }) {
  if (payment.status === 'creating') return <Creating gateway={payment.gateway} />;
  if (payment.status !== 'pending') return <Text>This payment can no longer be made. Choose how to pay.</Text>;
  const link = payment.payUrl && /^https?:/.test(payment.payUrl) ? payment.payUrl : null;
  return (
    <Group align="center">
      {payment.codeUrl && (
        <div className="code">
          <QRCodeSVG
            value={payment.codeUrl}
            size={176}
            role="img"
            aria-label={`Code to scan with ${GATEWAY_NAMES[payment.gateway]}`}
          />
        </div>
      )}
      <Stack gap="sm">
        <Text>
          {payment.codeUrl
            ? `Scan the code with ${GATEWAY_NAMES[payment.gateway]}.`
            : `You pay on the page of ${GATEWAY_NAMES[payment.gateway]}.`}{' '}
          This page turns by itself when you have paid.
        </Text>
        {link && (
          <Button component="a" href={link} target="_blank" rel="noreferrer">
            Open the cashier of {GATEWAY_NAMES[payment.gateway]}
          </Button>
        )}
      </Stack>
    </Group>
  );
}

function Creating({ gateway }: { gateway: GatewayName }) {
  return (
    <Group role="status" aria-label="Loading">
      <Skeleton height={208} width={208} />
      <Text>{GATEWAY_NAMES[gateway]} is being asked for a code.</Text>
    </Group>
  );
}

function Switch({ order }: { order: ShopOrder }) {
  const others = GATEWAYS.filter((gateway) => gateway !== order.payment?.gateway || order.payment.status === 'failed');
  const [chosen, setChosen] = useState<GatewayName | null>(null);
  const gateway = chosen && others.includes(chosen) ? chosen : (others[0] ?? 'wechat');
  const change = useSwitchGateway(order.id);
  return (
    <Stack gap="xs">
      <Group align="flex-end">
        <NativeSelect
          label="Pay another way"
          data={others.map((each) => ({ value: each, label: GATEWAY_NAMES[each] }))}
          value={gateway}
          onChange={(event) => setChosen(event.currentTarget.value as GatewayName)}
        />
        <Button variant="default" loading={change.isPending} onClick={() => change.mutate(gateway)}>
          Change
        </Button>
      </Group>
      {change.isError && <Failure error={change.error} />}
    </Stack>
  );
}

function Cancel({ orderId }: { orderId: string }) {
  const [asked, { open, close }] = useDisclosure(false);
  const cancel = useCancel(orderId);
  return (
    <>
      <Group>
        <Button variant="default" onClick={open}>
          Cancel the order
        </Button>
      </Group>
      <Modal opened={asked} onClose={close} title="Cancel the order?" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          <Text>Your things go back on the shelf. If you have paid already, the order stays paid.</Text>
          {cancel.isError && <Failure error={cancel.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button loading={cancel.isPending} onClick={() => cancel.mutate(undefined, { onSuccess: close })}>
              Yes, cancel it
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
