// The live view as lines of text: state and size of the terminal in, lines out. What is drawn where, and in which
// colour, is the terminal's business (terminal.ts).

import { formatSpan } from '../../shared/span.ts';
import { estimateRemainingMs, findBindingLimit, type ImageRow, type Snapshot } from './snapshot.ts';

export interface ViewState {
  /** Of the cluster, whether the coordinator has seen them yet or not. */
  readonly nodes: number;
  readonly snapshot: Snapshot;
  /** By the kubelets' record. */
  readonly pullsDone: number;
  readonly pullsFailed: number;
  /** Since every agent's inventory is complete; undefined before. */
  readonly elapsedMs: number | undefined;
  /** Every pair is warm. */
  readonly warm: boolean;
  readonly speed: number;
  /** Where to look while it runs. */
  readonly hints: readonly string[];
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const barWidth = { min: 8, max: 40 } as const;
const maxNameWidth = 36;

/** At most `rows - 1` lines of at most `columns` characters, so that nothing wraps or scrolls. */
export function renderView(state: ViewState, size: Size): readonly string[] {
  const { snapshot } = state;
  const head = [renderTitle(state), ''];
  const tail = ['', renderCounts(state), renderTime(state)];
  const hints = ['', ...state.hints];
  const rowsLeft = Math.max(1, size.rows - 1 - head.length - tail.length);
  // The images are what the view is for: the hints go first when there is no room.
  const withHints = rowsLeft - hints.length >= Math.min(snapshot.images.length, 3);
  const imageRows = withHints ? rowsLeft - hints.length : rowsLeft;
  const lines = [
    ...head,
    ...renderImages(snapshot.images, imageRows, size.columns),
    ...tail,
    ...(withHints ? hints : []),
  ];
  return lines.slice(0, Math.max(1, size.rows - 1)).map((line) => clip(line, size.columns));
}

/** What runs here, and that it is simulated. */
export function renderTitle({ nodes, speed }: ViewState): string {
  const time = speed === 1 ? 'in real time' : `time runs ${speed} times as fast`;
  return `Forehold on a SIMULATED cluster: ${count(nodes, 'node')}, ${time}`;
}

function renderCounts({ nodes, snapshot, pullsDone, pullsFailed }: ViewState): string {
  const { nodesConnected, nodesWarm, leasesLive } = snapshot;
  const agents = nodesConnected < nodes ? `agents ${nodesConnected}/${nodes} · ` : '';
  return `${agents}nodes warm ${nodesWarm}/${nodes} · leases live ${leasesLive} · done ${pullsDone} · failed ${pullsFailed}`;
}

function renderTime(state: ViewState): string {
  if (state.elapsedMs === undefined) return 'waiting for the agents';
  const elapsed = formatSpan(state.elapsedMs);
  if (state.warm) return `all warm after ${elapsed}`;
  const remainingMs = estimateRemainingMs(state.snapshot);
  const eta = remainingMs === undefined ? 'ETA not known yet' : `ETA ${formatSpan(remainingMs)}`;
  const limit = findBindingLimit(state.snapshot);
  return `${elapsed} · ${eta} · ${limit === '' ? 'no limit binds' : `limit that binds: ${limit}`}`;
}

function renderImages(
  images: readonly ImageRow[],
  maxRows: number,
  columns: number,
): readonly string[] {
  const names = shortenNames(images.map(({ image }) => image));
  const nameWidth = Math.min(
    maxNameWidth,
    Math.max(0, ...[...names.values()].map((name) => name.length)),
  );
  const countWidth = Math.max(0, ...images.map((image) => formatCount(image).length));
  const draw = (image: ImageRow): string =>
    renderImage(image, {
      name: names.get(image.image) ?? image.image,
      nameWidth,
      countWidth,
      columns,
    });
  if (images.length <= maxRows) return images.map(draw);
  // Too many for the screen: those that still move come first.
  const moving = [...images].sort((a, b) => Number(isDone(a)) - Number(isDone(b)));
  const shown = moving.slice(0, Math.max(0, maxRows - 1));
  const hidden = moving.slice(shown.length);
  const done = hidden.filter(isDone).length;
  return [...shown.map(draw), `and ${hidden.length} more, ${done} of them on all nodes`];
}

interface RowLayout {
  readonly name: string;
  readonly nameWidth: number;
  readonly countWidth: number;
  readonly columns: number;
}

function renderImage(image: ImageRow, layout: RowLayout): string {
  const counts = formatCount(image).padStart(layout.countWidth);
  const notes = describeRow(image);
  const noteWidth = '  12 pulling'.length;
  const free = layout.columns - layout.nameWidth - layout.countWidth - noteWidth - '    '.length;
  // Too narrow for a bar: the numbers say the same, and the name gives way to them.
  if (free < barWidth.min) {
    const width = Math.max(4, Math.min(layout.nameWidth, layout.columns - layout.countWidth - 1));
    const line = `${clip(layout.name, width).padEnd(width)} ${counts}`;
    return line.length + notes.length > layout.columns ? line : `${line}${notes}`;
  }
  const bar = renderBar(image, Math.min(free, barWidth.max));
  const name = clip(layout.name, layout.nameWidth).padEnd(layout.nameWidth);
  return `${name}  ${bar}  ${counts}${notes}`;
}

function formatCount({ ready, targeted }: ImageRow): string {
  return `${ready}/${targeted}`;
}

function describeRow({ pulling, failed, failure }: ImageRow): string {
  const parts = [
    pulling > 0 ? `${pulling} pulling` : '',
    failed > 0 ? `${failed} failing${failure === '' ? '' : ` (${failure})`}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `  ${parts.join(', ')}`;
}

/** Full blocks for nodes that have the image, half-tone ones for nodes that pull it. */
function renderBar({ ready, pulling, targeted }: ImageRow, width: number): string {
  const scale = (nodes: number): number =>
    targeted === 0 ? width : Math.floor((nodes * width) / targeted);
  const full = scale(ready);
  const half = Math.max(scale(ready + pulling), Math.min(width, full + Number(pulling > 0))) - full;
  return `${'█'.repeat(full)}${'▒'.repeat(half)}${'░'.repeat(width - full - half)}`;
}

function isDone({ ready, targeted }: ImageRow): boolean {
  return ready === targeted;
}

/** The last part of the path with its tag, or as much more of the path as tells the images apart. */
export function shortenNames(images: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const image of images) {
    const parts = image.split('/');
    let length = 1;
    const name = (): string => parts.slice(-length).join('/');
    while (length < parts.length && images.some((other) => other !== image && ends(other, name())))
      length += 1;
    names.set(image, shortenDigest(name()));
  }
  return names;
}

function ends(image: string, name: string): boolean {
  return image === name || image.endsWith(`/${name}`);
}

function shortenDigest(name: string): string {
  return name.replace(/(@[a-z0-9]+:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
