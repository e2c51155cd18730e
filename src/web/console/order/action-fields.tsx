import { NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { type ActionKind } from '../../../domain/operator-action';
import { type GatewayName } from '../../../domain/payment';
import { ExtendFields } from './extend-fields';
import { type FieldsProps } from './fields';
import { RefundFields } from './refund-fields';
import { RestockFields } from './restock-fields';

/** What an action of that kind has to be told. */
export function ActionFields({ kind, ...props }: FieldsProps & { readonly kind: ActionKind }) {
  switch (kind) {
    case 'extend':
      return <ExtendFields {...props} />;
    case 'refund':
      return <RefundFields {...props} />;
    case 'restock':
      return <RestockFields {...props} />;
    case 'switch_gateway':
      return <SwitchFields {...props} />;
    default:
      return <NoFields kind={kind} onChange={props.onChange} />;
  }
}

type Plain = Exclude<ActionKind, 'extend' | 'refund' | 'restock' | 'switch_gateway'>;

function NoFields({ kind, onChange }: { readonly kind: Plain; readonly onChange: FieldsProps['onChange'] }) {
  useEffect(() => onChange({ kind }), [kind, onChange]);
  return null;
}

function SwitchFields({ page, onChange }: FieldsProps) {
  // As it was when the form opened: the page is kept up to date behind it.
  const [offered] = useState(page.switchTo);
  const [gateway, setGateway] = useState<string>(offered[0] ?? '');
  useEffect(() => {
    const known = offered.find((name): name is GatewayName => name === gateway);
    onChange(known ? { kind: 'switch_gateway', gateway: known } : null);
  }, [offered, gateway, onChange]);
  return (
    <NativeSelect
      label="Gateway"
      data={[...offered]}
      value={gateway}
      onChange={(event) => setGateway(event.currentTarget.value)}
    />
  );
}
