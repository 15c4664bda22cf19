// What the commands print: tables and short texts for people, or one JSON document.

import type { ExplainRecord, ExplanationRecord, LimitRecord } from './explain-wire.ts';
import type { LimitsRecord, NodeDetails } from './inspector.ts';
import type { Command } from './options.ts';
import {
  explanationHeader,
  holderHeader,
  imageExplanationHeader,
  limitHeader,
  nodeHeader,
  pauseHeader,
  toAge,
  toExplanationRow,
  toHolderRow,
  toImageExplanationRow,
  toLimitRow,
  toNodeRow,
  toPauseRow,
} from './rows.ts';
import { clean, renderTable } from './table.ts';

export interface Output {
  /** Standard output, a line at a time. */
  print(line: string): void;
  /** Standard error. */
  complain(line: string): void;
}

export interface Shown {
  readonly output: Output;
  readonly json: boolean;
}

export interface Columns<T> {
  readonly header: readonly string[];
  readonly toRow: (item: T) => readonly string[];
}

/** Rows of a limit that are shown unless all are asked for. */
const maxScopes = 10;

export function printJson(output: Output, document: unknown): void {
  output.print(JSON.stringify(document, undefined, 2));
}

export function printTable<T>(output: Output, items: readonly T[], columns: Columns<T>): void {
  for (const line of renderTable(columns.header, items.map(columns.toRow))) output.print(line);
}

export function showNode(details: NodeDetails, { output, json }: Shown, nowMs: number): void {
  if (json) {
    printJson(output, details);
    return;
  }
  printTable(output, [details.node], { header: nodeHeader, toRow: toNodeRow });
  output.print('');
  if (details.explanations.length === 0) output.print('it is a target of no image');
  else
    printTable(output, details.explanations, {
      header: imageExplanationHeader,
      toRow: toImageExplanationRow(nowMs),
    });
}

export function showExplain(
  record: ExplainRecord,
  isOneNode: boolean,
  { output, json, nowMs }: Shown & { readonly nowMs: number },
): void {
  if (json) {
    printJson(output, record);
    return;
  }
  if (isOneNode) {
    for (const explanation of record.explanations) showExplanation(explanation, output, nowMs);
    return;
  }
  printTable(output, record.counts, {
    header: ['NODES', 'REASON'],
    toRow: ({ reason, nodes }) => [String(nodes), reason],
  });
  if (record.explanations.length === 0) return;
  output.print('');
  printTable(output, record.explanations, {
    header: explanationHeader,
    toRow: toExplanationRow(nowMs),
  });
}

function showExplanation(of: ExplanationRecord, output: Output, nowMs: number): void {
  const since = of.since === null ? '' : ` for ${toAge(of.since, nowMs)}`;
  const isAhead = of.nextAt !== null && Date.parse(of.nextAt) > nowMs;
  const next = isAhead ? ` (in ${toAge(of.nextAt, nowMs)})` : '';
  const secrets = of.pullSecrets.length === 0 ? '' : ` with ${of.pullSecrets.join(', ')}`;
  const lines = [
    ['image', `${of.image}${secrets}`],
    ['node', of.node],
    ['reason', `${of.reason}${since}`],
    ['that is', of.message],
    ['next', `${of.nextAction}${next}`],
    ...(of.attempts === 0 ? [] : [['failed', `${of.attempts} times, last ${of.lastFailure}`]]),
  ];
  for (const [name = '', text = ''] of lines) output.print(`${`${name}:`.padEnd(9)}${clean(text)}`);
  if (of.limit === null || of.holders.length === 0) return;
  output.print('');
  printTable(output, of.holders, { header: holderHeader, toRow: toHolderRow });
  const more = of.limit.inUse - of.holders.length;
  if (more > 0) output.print(`and ${more} more`);
}

export function showLimits(
  { limits, pauses }: LimitsRecord,
  { limit, all }: Pick<Extract<Command, { kind: 'limits' }>, 'limit' | 'all'>,
  { output, json, nowMs }: Shown & { readonly nowMs: number },
): void {
  if (json) {
    printJson(output, { limits, pauses });
    return;
  }
  const shown = all ? limits : limits.filter((record) => isAmongWorst(record, limits));
  // A limit that counts nothing has no row, except for the whole cluster.
  if (limits.length === 0)
    output.complain(`nothing counts against limit ${limit} now, if there is one of this name`);
  else printTable(output, shown, { header: limitHeader, toRow: toLimitRow });
  if (shown.length < limits.length)
    output.print(`${limits.length - shown.length} more rows, see --all`);
  if (pauses.length === 0) return;
  output.print('');
  printTable(output, pauses, { header: pauseHeader, toRow: toPauseRow(nowMs) });
}

function isAmongWorst(record: LimitRecord, limits: readonly LimitRecord[]): boolean {
  const worse = limits.filter(
    (other) => other.limit === record.limit && compareNeed(other, record) < 0,
  );
  return worse.length < maxScopes;
}

function compareNeed(a: LimitRecord, b: LimitRecord): number {
  return b.heldBack - a.heldBack || b.inUse - a.inUse || (a.scope < b.scope ? -1 : 1);
}
