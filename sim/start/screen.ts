// Where a run shows itself: a view drawn in place on a terminal, or plain lines everywhere else.

import { findMilestones, renderProgress } from './milestones.ts';
import type { Snapshot } from './snapshot.ts';
import { type Stream, Terminal } from './terminal.ts';
import { renderTitle, renderView, type ViewState } from './view.ts';

export interface Screen {
  /** Called several times a second; `realMs` is the machine's monotonic time. */
  update(state: ViewState, realMs: number): void;
  /** One line that stays. */
  say(line: string): void;
  /** What is left standing is the last update. Idempotent. */
  close(): void;
}

/** @param stream a terminal */
export function openLiveScreen(stream: Stream): Screen {
  const terminal = new Terminal(stream);
  return {
    update: (state) => terminal.draw(renderView(state, terminal.size)),
    say: (line) => terminal.print(line),
    close: () => terminal.close(),
  };
}

function renderHead(state: ViewState): readonly string[] {
  return [renderTitle(state), ...state.hints];
}

const progressEveryMs = 3_000;

/** First what runs and where to look, then milestones as they come and a line of progress every three seconds. */
export function openPlainScreen(write: (line: string) => void): Screen {
  let before: Snapshot | undefined;
  let progressAtMs = -Infinity;
  return {
    update: (state, realMs) => {
      if (before === undefined) for (const line of renderHead(state)) write(line);
      for (const line of findMilestones(before, state.snapshot)) write(line);
      before = state.snapshot;
      if (state.warm || realMs - progressAtMs < progressEveryMs) return;
      progressAtMs = realMs;
      write(renderProgress(state));
    },
    say: write,
    close: () => undefined,
  };
}
