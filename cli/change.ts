// The commands that change something: pause, resume and revoke.

import type { Inspector, PauseAnswer } from './inspector.ts';
import type { Command } from './options.ts';
import { printJson, type Shown } from './show.ts';

type Change = Extract<Command, { kind: 'pause' | 'resume' | 'revoke' }>;

export async function change(
  inspector: Inspector,
  command: Change,
  { output, json }: Shown,
): Promise<void> {
  const { document, line } = await carryOut(inspector, command);
  if (json) printJson(output, document);
  else output.print(line);
}

async function carryOut(inspector: Inspector, command: Change) {
  switch (command.kind) {
    case 'pause': {
      const answer = await inspector.pause(command.target, command.statement);
      return { document: answer, line: describePaused(answer) };
    }
    case 'resume': {
      const pauses = await inspector.resume(command.target);
      return { document: { pauses }, line: describeResumed(pauses.length) };
    }
    case 'revoke': {
      const answer = await inspector.revoke(command.lease, command.statement);
      return { document: answer, line: `revoked: ${answer.note}` };
    }
    default:
      return command satisfies never;
  }
}

function describePaused({ pullsUnderWay }: PauseAnswer): string {
  return pullsUnderWay === 1 ? 'paused; 1 pull goes on' : `paused; ${pullsUnderWay} pulls go on`;
}

function describeResumed(others: number): string {
  if (others === 0) return 'resumed';
  return others === 1 ? 'resumed; 1 other pause stands' : `resumed; ${others} other pauses stand`;
}
