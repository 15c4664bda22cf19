// Label selectors as they stand in queries: equality (`a=b`, `a==b`, `a!=b`), sets (`a in (b,c)`, `a notin (b)`) and
// presence (`a`, `!a`), all of them joined by commas. The numeric forms (`>`, `<`) are refused.

import { badRequest } from '../store/api-error.ts';

export type Labels = Readonly<Record<string, string>>;

interface Requirement {
  readonly key: string;
  /** `in` with no values means that the label is there with any value. */
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

export type LabelSelector = readonly Requirement[];

const requirementShape =
  /^\s*(?:(?<absent>!)\s*(?<absentKey>[^\s!=<>(),]+)|(?<key>[^\s!=<>(),]+)\s*(?:(?<operator>==|=|!=)\s*(?<value>[^\s!=<>(),]*)|(?<set>in|notin)\s*\((?<values>[^()]*)\))?)\s*$/;
const keyShape = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;

/** @throws ApiError BadRequest */
export function parseLabelSelector(text: string): LabelSelector {
  return splitRequirements(text).map(parseRequirement);
}

export function matchesLabels(selector: LabelSelector, labels: Labels | undefined): boolean {
  return selector.every((requirement) => matches(requirement, labels?.[requirement.key]));
}

function matches(requirement: Requirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case 'notin':
      return value === undefined || !requirement.values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    default:
      return requirement.operator satisfies never;
  }
}

/** Commas inside brackets belong to a set. */
function splitRequirements(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^()]*\))/);
}

function parseRequirement(text: string): Requirement {
  const groups = requirementShape.exec(text)?.groups;
  const key = groups?.['absentKey'] ?? groups?.['key'];
  if (groups === undefined || key === undefined || !keyShape.test(key)) {
    throw badRequest(`unable to parse requirement: found '${text.trim()}'`);
  }
  if (groups['absent'] !== undefined) return { key, operator: 'absent', values: [] };
  if (groups['operator'] !== undefined) {
    const operator = groups['operator'] === '!=' ? 'notin' : 'in';
    return { key, operator, values: [groups['value'] ?? ''] };
  }
  if (groups['set'] === undefined) return { key, operator: 'exists', values: [] };
  const values = (groups['values'] ?? '').split(',').map((value) => value.trim());
  return { key, operator: groups['set'] === 'in' ? 'in' : 'notin', values };
}
