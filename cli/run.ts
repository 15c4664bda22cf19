// One command from its arguments to its exit code. Output goes through the given streams, so that a test reads what
// a user would.

import { openSystemClock } from '../shared/clock.ts';
import { UnsafeAddressError } from '../shared/loopback.ts';
import { InspectorError } from './calls.ts';
import { change } from './change.ts';
import { type Access, ConnectError } from './connect/connection.ts';
import { openConnection } from './connect/open.ts';
import { helpOf } from './help.ts';
import { Inspector } from './inspector.ts';
import { type Command, type Environment, readCommand } from './options.ts';
import { imageHeader, leaseHeader, nodeHeader, toImageRow, toLeaseRow, toNodeRow } from './rows.ts';
import {
  type Columns,
  type Output,
  printJson,
  printTable,
  type Shown,
  showExplain,
  showLimits,
  showNode,
} from './show.ts';
import { type WatchContext, watchLeases } from './watch.ts';

const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Aborting the signal ends a watch, which is no failure. */
export async function runCommand(
  argv: readonly string[],
  environment: Environment,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const read = readCommand(argv, environment);
  if (read.kind === 'invalid') {
    output.complain(`forehold: ${read.problem}`);
    return exitCodes.usage;
  }
  if (read.kind === 'help') {
    output.print(helpOf(read.word).trimEnd());
    return exitCodes.done;
  }
  try {
    const connection = await openConnection(read.connect, accessOf(read.command));
    const inspector = new Inspector(connection);
    try {
      const context = { output, json: read.json, signal, clock: openSystemClock() };
      await runOn(inspector, read.command, context);
    } finally {
      inspector.close();
    }
    return exitCodes.done;
  } catch (error) {
    if (signal.aborted) return exitCodes.done;
    if (error instanceof UnsafeAddressError) {
      output.complain(`forehold: ${error.message}`);
      return exitCodes.usage;
    }
    if (!(error instanceof InspectorError || error instanceof ConnectError)) throw error;
    output.complain(`forehold: ${error.message}`);
    return exitCodes.failed;
  }
}

function accessOf({ kind }: Command): Access {
  return kind === 'pause' || kind === 'resume' || kind === 'revoke' ? 'operator' : 'viewer';
}

async function runOn(inspector: Inspector, command: Command, context: WatchContext): Promise<void> {
  const { wallMs: nowMs } = context.clock.now();
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
    case 'node': {
      const details = await inspector.getNode(command.name);
      return details === undefined ? undefined : showNode(details, context, nowMs);
    }
    case 'explain': {
      const record = await inspector.explain(command.image, command.node);
      return showExplain(record, command.node !== '', { ...context, nowMs });
    }
    case 'limits': {
      const record = await inspector.listLimits(command.limit);
      return showLimits(record, command, { ...context, nowMs });
    }
    default:
      return change(inspector, command, context);
  }
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
  { output, json }: Shown,
): void {
  if (json) printJson(output, { [noun]: items });
  else if (items.length === 0) output.complain(nothing[noun]);
  else printTable(output, items, columns);
}
