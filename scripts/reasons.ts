// What every reason means and what to do about it, read from the comments of the proto's enum, where whoever adds a
// reason writes it: as a page for people and as texts for Explain. A reason without both is an error.

export interface ReasonText {
  /** As in the proto: REASON_IMAGE_NOT_FOUND. */
  readonly wire: string;
  /** As people see it: ImageNotFound. */
  readonly name: string;
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * @param proto text of types.proto
 * @throws Error when a reason has no meaning or no remedy
 */
export function parseReasons(proto: string): readonly ReasonText[] {
  const body = /enum Reason \{([\s\S]*?)\n\}/.exec(proto)?.[1] ?? '';
  const reasons: ReasonText[] = [];
  let comment: string[] = [];
  for (const line of body.split('\n').map((text) => text.trim())) {
    if (line.startsWith('//')) comment.push(line.slice(2).trim());
    const [, wire, number] = /^(REASON_\w+) = (\d+);$/.exec(line) ?? [];
    if (wire === undefined) continue;
    if (Number(number) > 0) reasons.push(readText(wire, comment.join(' ')));
    comment = [];
  }
  if (reasons.length === 0) throw new Error('cannot read the reasons: there is no enum Reason');
  return reasons;
}

function readText(wire: string, comment: string): ReasonText {
  const [, meaning, remedy] = /^(.+?\.) (.+\.)$/.exec(comment) ?? [];
  if (meaning === undefined || remedy === undefined)
    throw new Error(
      `cannot read the comment of ${wire}: it needs one sentence of meaning and one of what to do`,
    );
  return { wire, name: toName(wire), meaning, remedy };
}

// shared/reason.ts has the names, too, but says nothing of a reason that is being added.
function toName(wire: string): string {
  const words = wire.toLowerCase().split('_').slice(1);
  return words
    .map((word) => (word === 'ip' ? 'IP' : `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`))
    .join('');
}

/** docs/reasons.md */
export function formatReasonsPage(reasons: readonly ReasonText[]): string {
  const sorted = reasons.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rows = sorted.map(({ name, meaning, remedy }) => `| ${name} | ${meaning} | ${remedy} |`);
  return `# Reasons

Conditions, metrics, logs, the inspector and \`forehold explain\` give their reasons from this one list.
Made from \`proto/forehold/v1/types.proto\` by \`npm run gen\`.

| reason | what it means | what to do |
| --- | --- | --- |
${rows.join('\n')}
`;
}

/** A module with the same texts for the code. */
export function formatReasonTexts(reasons: readonly ReasonText[]): string {
  const entries = reasons.map(
    ({ wire, meaning, remedy }) =>
      `  ${wire}: { meaning: ${JSON.stringify(meaning)}, remedy: ${JSON.stringify(remedy)} },`,
  );
  return `// Original file: proto/forehold/v1/types.proto

export const reasonTexts = {
${entries.join('\n')}
} as const;
`;
}
