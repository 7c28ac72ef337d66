// @ts-check
/** Who is signed in on this phone, and the one way their access token is renewed. */

/** @import {Tokens} from "./wire.d.ts" */

import * as kept from "./kept.js";
import { alone } from "./turns.js";

const KEY = "session";

/** Renewed tokens that a full phone could not keep: the old ones are used up, so these must last till the page closes. @type {Tokens | null} */
let homeless = null;

/** The signed-in person's tokens, or null. Read afresh each time: another tab may have renewed them. */
export async function current() {
  return homeless ?? /** @type {Tokens | null} */ (await kept.get(KEY));
}

/** @param {Tokens} tokens */
export async function keep(tokens) {
  try {
    await kept.put(KEY, tokens);
    homeless = null;
  } catch (failure) {
    if (!kept.full(failure)) throw failure;
    homeless = tokens;
  }
}

/** Forgets the tokens; drafts and what was not yet delivered stay, under their person's number. */
export function forget() {
  homeless = null;
  return kept.drop(KEY);
}

/** @param {boolean} due */
async function notePassword(due) {
  const tokens = await current();
  if (tokens) await keep({ ...tokens, must_change_password: due });
}

/** Notes that the first password has been replaced. */
export const passwordChanged = () => notePassword(false);

/** Notes that an administrator has set the password, so that it must be replaced before anything else. */
export const passwordDue = () => notePassword(true);

/**
 * Renews the tokens, one renewal at a time over all tabs. The same refresh token sent twice would look
 * stolen and end the session, so whoever comes second takes what the first one got.
 * @param {string} stale the access token that was refused
 * @param {(refresh_token: string) => Promise<Tokens | null>} renew asks the server; null when the session is over
 * @returns {Promise<Tokens | null>} null when nobody is signed in any more
 */
export function renewed(stale, renew) {
  return alone("renew", async () => {
    const tokens = await current();
    if (!tokens || tokens.access_token !== stale) return tokens;
    const fresh = await renew(tokens.refresh_token);
    if (fresh) await keep(fresh);
    else await forget();
    return fresh;
  });
}
