// One command from its arguments to its exit code. Output goes through the given streams, so that a test reads what
// a user would.

import { UnsafeAddressError } from '../shared/loopback.ts';
import { type Inspector, InspectorError, openInspector } from './inspector.ts';
import { type Command, help, readCommand } from './options.ts';
import { imageHeader, leaseHeader, nodeHeader, toImageRow, toLeaseRow, toNodeRow } from './rows.ts';
import { GrowingTable, renderTable } from './table.ts';

export interface Output {
  /** Standard output, a line at a time. */
  print(line: string): void;
  /** Standard error. */
  complain(line: string): void;
}

const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Aborting the signal ends a watch, which is no failure. */
export async function runCommand(
  argv: readonly string[],
  environment: { readonly coordinator: string | undefined },
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const read = readCommand(argv, environment.coordinator);
  if (read.kind === 'invalid') {
    output.complain(`forehold: ${read.problem}`);
    return exitCodes.usage;
  }
  if (read.kind === 'help') {
    output.print(help.trimEnd());
    return exitCodes.done;
  }
  try {
    const inspector = openInspector(read.coordinator);
    try {
      await runOn(inspector, read.command, { output, json: read.json, signal });
    } finally {
      inspector.close();
    }
    return exitCodes.done;
  } catch (error) {
    if (signal.aborted) return exitCodes.done;
    if (!(error instanceof InspectorError || error instanceof UnsafeAddressError)) throw error;
    output.complain(`forehold: ${error.message}`);
    return error instanceof UnsafeAddressError ? exitCodes.usage : exitCodes.failed;
  }
}

interface Context {
  readonly output: Output;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

async function runOn(inspector: Inspector, command: Command, context: Context): Promise<void> {
  switch (command.kind) {
    case 'leases': {
      if (command.watch) return watchLeases(inspector, command, context);
      const leases = await inspector.listLeases(command.filter, command.all);
      return show('leases', leases, { header: leaseHeader, toRow: toLeaseRow }, context);
    }
    case 'images': {
      const images = await inspector.listImages();
      return show('images', images, { header: imageHeader, toRow: toImageRow }, context);
    }
    case 'nodes': {
      const nodes = await inspector.listNodes();
      return show('nodes', nodes, { header: nodeHeader, toRow: toNodeRow }, context);
    }
    default:
      return command satisfies never;
  }
}

interface Columns<T> {
  readonly header: readonly string[];
  readonly toRow: (item: T) => readonly string[];
}

const nothing = {
  leases: 'no live leases',
  images: 'no desired images',
  nodes: 'no nodes',
} as const;

function show<T>(
  noun: keyof typeof nothing,
  items: readonly T[],
  columns: Columns<T>,
  { output, json }: Context,
): void {
  if (json) output.print(JSON.stringify({ [noun]: items }, undefined, 2));
  else if (items.length === 0) output.complain(nothing[noun]);
  else for (const line of renderTable(columns.header, items.map(columns.toRow))) output.print(line);
}

async function watchLeases(
  inspector: Inspector,
  command: Extract<Command, { kind: 'leases' }>,
  { output, json, signal }: Context,
): Promise<void> {
  const initial = json ? [] : await inspector.listLeases(command.filter, command.all);
  // The leases that are live now give the columns their width.
  const table = new GrowingTable(leaseHeader, initial.map(toLeaseRow));
  if (!json) output.print(table.header);
  if (command.all && !json)
    for (const lease of initial)
      if (lease.endedAt !== null) output.print(table.render(toLeaseRow(lease)));
  for await (const lease of inspector.watchLeases(command.filter, signal))
    output.print(json ? JSON.stringify(lease) : table.render(toLeaseRow(lease)));
}
