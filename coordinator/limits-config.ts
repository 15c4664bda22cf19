// The limits file: a YAML list of limits that replace built-in ones by name or stand beside them. Every problem is found
// in one reading and named by line and field, because whoever wrote it wants to correct it once.

import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { parseDuration } from '../shared/duration.ts';
import { isJsonObject, type JsonObject } from '../shared/json.ts';
import type { Limit, LimitMatch, LimitScope, Slots } from './core/limits.ts';

export type LimitsReading =
  | { readonly kind: 'read'; readonly limits: readonly Limit[] }
  /** One sentence each, with the line. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const paceFields = ['slots', 'startsPerMinute', 'minDelay'] as const;
const limitFields = ['name', 'per', ...paceFields, 'match'] as const;

type Path = readonly (string | number)[];

const scopes: readonly LimitScope[] = ['cluster', 'policy', 'image', 'registry', 'zone', 'node'];
const namePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
// Each limit is walked for every offer, and its name stands in every pod's annotation.
const maxLimits = 100;
const maxCount = 100_000;
const maxPatternLength = 512;
const maxDelayMs = 24 * 3_600_000;
const maxLabels = 64;

/**
 * A file such as
 *
 *     limits:
 *       - { name: cluster, per: cluster, slots: 10% }
 *       - { name: mirror, per: registry, slots: { count: 8, percent: 2 }, match: { registry: "*.example" } }
 *       - { name: hub, per: registry, startsPerMinute: 30, minDelay: 500ms, match: { registry: docker.io } }
 *       - { name: edge, per: zone, slots: 2, match: { nodeSelector: { pool: edge } } }
 */
export function readLimits(text: string): LimitsReading {
  const reader = new LimitsReader(text);
  const limits = reader.read();
  return reader.problems.length === 0
    ? { kind: 'read', limits }
    : { kind: 'invalid', problems: reader.problems };
}

class LimitsReader {
  readonly problems: string[] = [];
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  read(): readonly Limit[] {
    for (const { message, pos } of this.#document.errors) this.#note(pos[0], message);
    if (this.problems.length > 0) return [];
    const file = this.#readFields([], this.#toValue(), ['limits']);
    const list = file?.['limits'];
    if (list === undefined) return [];
    if (!Array.isArray(list)) return this.#nothing(['limits'], 'limits must be a list');
    if (list.length > maxLimits)
      return this.#nothing(['limits'], `limits has more than ${maxLimits} entries`);
    const names = new Set<string>();
    return list.flatMap((item: unknown, index) => {
      const limit = this.#readLimit(['limits', index], item);
      if (limit === undefined) return [];
      if (names.has(limit.name))
        this.#problem(['limits', index, 'name'], `limit ${limit.name} stands twice`);
      names.add(limit.name);
      return [limit];
    });
  }

  #toValue(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 0 });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      this.#note(0, 'aliases (*name) are not allowed');
      return {};
    }
  }

  #readLimit(path: Path, value: unknown): Limit | undefined {
    const fields = this.#readFields(path, value, limitFields);
    if (fields === undefined) return undefined;
    if (paceFields.every((field) => fields[field] === undefined))
      this.#problem(path, `a limit must have at least one of ${paceFields.join(', ')}`);
    const name = this.#readName([...path, 'name'], fields['name']);
    const per = scopes.find((scope) => scope === fields['per']);
    if (per === undefined)
      this.#problem([...path, 'per'], `per must be one of ${scopes.join(', ')}`);
    const slots = this.#readSlots([...path, 'slots'], fields['slots']);
    if (per === 'node' && slots !== undefined && slots.percent > 0)
      this.#problem([...path, 'slots'], 'slots of a limit per node must be a number');
    const rate = this.#readRate([...path, 'startsPerMinute'], fields['startsPerMinute']);
    const minDelayMs = this.#readDelay([...path, 'minDelay'], fields['minDelay']);
    const match = this.#readMatch([...path, 'match'], fields['match']);
    if (name === undefined || per === undefined) return undefined;
    return {
      name,
      per,
      ...(slots === undefined ? {} : { slots }),
      ...(rate === undefined ? {} : { startsPerMinute: rate }),
      ...(minDelayMs === undefined ? {} : { minDelayMs }),
      match,
    };
  }

  #readName(path: Path, value: unknown): string | undefined {
    if (typeof value === 'string' && namePattern.test(value)) return value;
    this.#problem(path, 'name must be lower case letters, digits and dashes, at most 63');
    return undefined;
  }

  #readSlots(path: Path, value: unknown): Slots | undefined {
    if (value === undefined) return undefined;
    const slots = this.#readCounts(path, value);
    if (slots.count === 0 && slots.percent === 0)
      this.#problem(path, 'slots must be more than 0, a number, a percentage such as 10% or both');
    return slots;
  }

  #readCounts(path: Path, value: unknown): Slots {
    if (typeof value === 'number')
      return { count: this.#readNumber(path, value, maxCount), percent: 0 };
    const percent = typeof value === 'string' ? /^(\d{1,9})%$/.exec(value)?.[1] : undefined;
    if (percent !== undefined)
      return { count: 0, percent: this.#readNumber(path, Number(percent), 100) };
    if (typeof value !== 'object' || value === null) return { count: 0, percent: 0 };
    const fields = this.#readFields(path, value, ['count', 'percent']);
    return {
      count: this.#readNumber([...path, 'count'], fields?.['count'] ?? 0, maxCount),
      percent: this.#readNumber([...path, 'percent'], fields?.['percent'] ?? 0, 100),
    };
  }

  #readRate(path: Path, value: unknown): number | undefined {
    if (value === undefined) return undefined;
    const rate = this.#readNumber(path, value, maxCount);
    if (rate === 0) this.#problem(path, 'startsPerMinute must be more than 0');
    return rate;
  }

  #readDelay(path: Path, value: unknown): number | undefined {
    if (value === undefined) return undefined;
    const delayMs = typeof value === 'string' ? parseDuration(value) : undefined;
    if (delayMs !== undefined && delayMs > 0 && delayMs <= maxDelayMs) return delayMs;
    this.#problem(path, 'minDelay must be a duration of at most 24h such as 10s');
    return undefined;
  }

  #readMatch(path: Path, value: unknown): LimitMatch {
    if (value === undefined) return {};
    const patterns = ['registry', 'image', 'policy', 'zone'];
    const fields = this.#readFields(path, value, [...patterns, 'nodeSelector']) ?? {};
    const { nodeSelector, ...texts } = fields;
    const match: Record<string, string> = {};
    for (const [field, pattern] of Object.entries(texts)) {
      if (typeof pattern === 'string' && pattern !== '' && pattern.length <= maxPatternLength)
        match[field] = pattern;
      else this.#problem([...path, field], `${field} must be a text, * stands for anything`);
    }
    if (nodeSelector === undefined) return match;
    return { ...match, nodeSelector: this.#readLabels([...path, 'nodeSelector'], nodeSelector) };
  }

  #readLabels(path: Path, value: unknown): Readonly<Record<string, string>> {
    const labels: Record<string, string> = {};
    const entries = isJsonObject(value) ? Object.entries(value) : [];
    if (entries.length === 0 || entries.length > maxLabels)
      this.#problem(path, `nodeSelector must have from 1 to ${maxLabels} labels`);
    for (const [key, label] of entries) {
      if (typeof label === 'string') labels[key] = label;
      else this.#problem([...path, key], `label ${key} must be a text`);
    }
    return labels;
  }

  #readNumber(path: Path, value: unknown, max: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max)
      return value;
    this.#problem(path, `${path.at(-1)} must be a whole number from 0 to ${max}`);
    // Not 0, which would be a second problem.
    return 1;
  }

  #readFields(path: Path, value: unknown, known: readonly string[]): JsonObject | undefined {
    if (!isJsonObject(value)) {
      this.#problem(path, `${nameOf(path)} must have fields (${known.join(', ')})`);
      return undefined;
    }
    const readable = Object.entries(value).filter(([field]) => {
      if (known.includes(field)) return true;
      this.#problem(
        [...path, field],
        `${field} is not a field here; there are ${known.join(', ')}`,
      );
      return false;
    });
    return Object.fromEntries(readable);
  }

  #nothing(path: Path, text: string): readonly Limit[] {
    this.#problem(path, text);
    return [];
  }

  #problem(path: Path, text: string): void {
    let node: unknown;
    // A field that is missing is said of what it is missing in.
    for (let depth = path.length; depth >= 0 && node === undefined; depth -= 1)
      node =
        depth === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, depth), true);
    this.#note(isNode(node) ? (node.range?.[0] ?? 0) : 0, text);
  }

  #note(offset: number, text: string): void {
    this.problems.push(`line ${Math.max(1, this.#lines.linePos(offset).line)}: ${text}`);
  }
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  return typeof last === 'number' ? 'a limit' : last;
}
