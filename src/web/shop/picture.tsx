import { type ReactNode } from 'react';

const LEAF = 'var(--mantine-color-teal-5)';
const CLAY = 'var(--mantine-color-orange-5)';
const BONE = 'var(--mantine-color-gray-0)';
const LINE = 'var(--mantine-color-gray-7)';

/** By what the product's id contains; a shop of its own would keep pictures beside its catalogue. */
const DRAWINGS: readonly (readonly [RegExp, ReactNode])[] = [
  [
    /gaiwan|cup/,
    <g key="cup" stroke={LINE} strokeWidth="2">
      <path d="M22 46h56q-2 30-28 32Q24 76 22 46Z" fill={BONE} />
      <ellipse cx="50" cy="82" rx="30" ry="5" fill={BONE} />
      <path d="M28 40q22-14 44 0Z" fill={BONE} />
      <circle cx="50" cy="30" r="4" fill={LEAF} />
    </g>,
  ],
  [
    /longjing|green/,
    <g key="tin" stroke={LINE} strokeWidth="2">
      <rect x="28" y="34" width="44" height="50" rx="4" fill={LEAF} />
      <rect x="26" y="22" width="48" height="14" rx="3" fill={BONE} />
      <path d="M50 48q14 8 0 26q-14-18 0-26Z" fill={BONE} />
    </g>,
  ],
  [
    /puerh/,
    <g key="cake" stroke={LINE} strokeWidth="2">
      <circle cx="50" cy="54" r="32" fill={CLAY} />
      <circle cx="50" cy="54" r="14" fill={BONE} />
    </g>,
  ],
  [
    /course/,
    <g key="course" stroke={LINE} strokeWidth="2">
      <rect x="16" y="28" width="68" height="46" rx="5" fill={BONE} />
      <path d="M44 40l18 11-18 11Z" fill={LEAF} />
    </g>,
  ],
];

const PARCEL = (
  <g stroke={LINE} strokeWidth="2">
    <rect x="22" y="34" width="56" height="46" rx="3" fill={CLAY} />
    <path d="M22 50h56M50 34v46" fill="none" />
  </g>
);

/** A drawing of the product; its name stands beside it, so it says nothing to screen readers. */
export function Picture({ productId, size = 120 }: { productId: string; size?: number }) {
  const drawing = DRAWINGS.find(([of]) => of.test(productId))?.[1] ?? PARCEL;
  return (
    <svg
      viewBox="0 0 100 100"
      width={size}
      height={size}
      style={{ flexShrink: 0 }}
      aria-hidden="true"
      focusable="false"
    >
      {drawing}
    </svg>
  );
}
