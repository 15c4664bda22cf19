// One limit with its scopes: which of them count a subject, and what past starts say in them.

import type { Pair } from '../../shared/pair.ts';
import { LimitScope } from './limit-scope.ts';
import { type Limit, type LimitSubject, scopeKeys } from './limits.ts';
import type { StartLog } from './start-log.ts';

export interface LimitState {
  readonly limit: Limit;
  /** By scope key; a scope that says nothing is removed in time. */
  readonly scopes: Map<string, LimitScope>;
}

export interface OpenScope {
  readonly limit: Limit;
  readonly scope: LimitScope;
}

export interface Review {
  readonly states: readonly LimitState[];
  readonly log: StartLog;
  readonly isAffected: (pair: Pair) => boolean;
  readonly subjectOf: (pair: Pair) => LimitSubject;
}

/** Nothing live in it, and what has started. */
export function makeState(limit: Limit, log: StartLog): LimitState {
  const state = { limit, scopes: new Map<string, LimitScope>() };
  if (isPaced(limit)) replay(state, log);
  return state;
}

/** The scopes that count a subject, made where there are none. */
export function openScopes(
  { limit, scopes }: LimitState,
  subject: LimitSubject,
): readonly OpenScope[] {
  return scopeKeys(limit, subject).map((key) => {
    const scope = scopes.get(key) ?? new LimitScope();
    scopes.set(key, scope);
    return { limit, scope };
  });
}

/** Sees past starts of the affected pairs by their present subject, in every limit that this makes a difference to. */
export function reviewStarts({ states, log, isAffected, subjectOf }: Review): void {
  const paced = states.filter(({ limit }) => isPaced(limit));
  const stale = new Set<LimitState>();
  for (const start of log.starts) {
    if (!isAffected(start.pair)) continue;
    const before = start.subject;
    start.subject = subjectOf(start.pair);
    for (const state of paced)
      if (!countsSame(state.limit, before, start.subject)) stale.add(state);
  }
  for (const state of stale) {
    for (const scope of state.scopes.values()) scope.forgetStarts();
    replay(state, log);
  }
}

function replay(state: LimitState, log: StartLog): void {
  for (const { subject, atMs } of log.starts) {
    for (const { limit, scope } of openScopes(state, subject)) scope.noteStart(atMs, limit);
  }
}

function isPaced({ startsPerMinute, minDelayMs }: Limit): boolean {
  return startsPerMinute !== undefined || minDelayMs !== undefined;
}

function countsSame(limit: Limit, a: LimitSubject, b: LimitSubject): boolean {
  return scopeKeys(limit, a).join('\n') === scopeKeys(limit, b).join('\n');
}
