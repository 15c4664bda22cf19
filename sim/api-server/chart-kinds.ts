// Our own kinds as the embedded cluster knows them: the very files that the chart installs, so that the two cannot differ.

import { fileURLToPath } from 'node:url';
import { apiGroup } from '../../shared/names.ts';
import { definitions } from '../store/resources.ts';
import { type CustomDefinition, readCustomDefinition } from './schema.ts';

/** @throws Error when a file of the chart is missing or cannot be read */
export function readChartKinds(): readonly CustomDefinition[] {
  return Object.values(definitions)
    .filter(({ custom }) => custom)
    .map(({ plural }) => {
      const file = `../../charts/forehold/crds/${plural}.${apiGroup}.yaml`;
      return readCustomDefinition(fileURLToPath(new URL(file, import.meta.url)));
    });
}
