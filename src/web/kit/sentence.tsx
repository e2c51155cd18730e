import { Fragment } from 'react';
import { instant } from './format';

const RFC_3339 = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)/;

/** A sentence of the service, its instants as the reader's clock shows them. */
export function Sentence({ text }: { readonly text: string }) {
  return text.split(RFC_3339).map((part, index) =>
    RFC_3339.test(part) ? (
      <time key={index} dateTime={part}>
        {instant(part)}
      </time>
    ) : (
      <Fragment key={index}>{part}</Fragment>
    ),
  );
}
