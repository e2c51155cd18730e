import { randomBytes } from 'node:crypto';
import { type Request, type Response } from 'express';
import { getIronSession } from 'iron-session';

/** How browsers are told apart: an anonymous buyer each, in a cookie that only this server can write and read. */
export interface SessionSettings {
  /** Of at least 32 characters each, by number; the highest one seals, the others still open. */
  readonly passwords: Readonly<Record<string, string>>;
  /** Whether browsers reach the shop by https. */
  readonly secure: boolean;
}

const COOKIE = 'holdfast-shop';
/** A demo buyer who comes back within a month finds the cart and the orders. */
const LIFE_SECONDS = 30 * 24 * 3600;

interface ShopCookie {
  buyerId?: string;
}

function open(request: Request, response: Response, { passwords, secure }: SessionSettings) {
  return getIronSession<ShopCookie>(request, response, {
    cookieName: COOKIE,
    password: { ...passwords },
    ttl: LIFE_SECONDS,
    // Strict: the pages' own calls carry it wherever the buyer came from, another site's never do.
    cookieOptions: { path: '/shop', httpOnly: true, sameSite: 'strict', secure },
  });
}

/** The browser's buyer, null where it has none. A forged, foreign or expired cookie is none. */
export async function buyerOf(request: Request, response: Response, settings: SessionSettings): Promise<string | null> {
  return (await open(request, response, settings)).buyerId ?? null;
}

/** The same; a browser without one becomes a new buyer. */
export async function buyerOrNew(request: Request, response: Response, settings: SessionSettings): Promise<string> {
  const session = await open(request, response, settings);
  session.buyerId ??= `shop_${randomBytes(12).toString('hex')}`;
  await session.save();
  return session.buyerId;
}
