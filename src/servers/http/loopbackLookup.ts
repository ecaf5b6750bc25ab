/**
 * Looks `localhost` up for the HTTP client and refuses whatever is not this machine: a resolver can be told to give that name any
 * address.
 */
import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLoopbackIp } from '../address';
import { ServerError } from '../errors';

/** As `lookup` of `node:dns`, for addresses of loopback only. */
export const loopbackLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    const [first, ...others] = error ? [] : onlyLoopback(found);
    if (first === undefined) {
      const elsewhere = new ServerError('address', 'The name localhost does not lead to this machine.');
      callback(error ?? elsewhere, '', 0);
    } else if (options.all) callback(null, [first, ...others]);
    else callback(null, first.address, first.family);
  });
};

/** Those of some addresses that are this machine's own. */
export const onlyLoopback = (found: readonly LookupAddress[]): LookupAddress[] =>
  found.filter(({ address }) => isLoopbackIp(address));
