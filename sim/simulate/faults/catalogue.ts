// Every kind of fault that a run may strike with.

import { agentFaults } from './agent-faults.ts';
import { apiFaults } from './api-faults.ts';
import { coordinatorFaults } from './coordinator-faults.ts';
import { editFaults } from './edit-faults.ts';
import type { Fault } from './fault.ts';
import { nodeFaults } from './node-faults.ts';
import { podFaults } from './pod-faults.ts';
import { registryFaults } from './registry-faults.ts';

export const faults: readonly Fault[] = [
  ...coordinatorFaults,
  ...agentFaults,
  ...nodeFaults,
  ...podFaults,
  ...apiFaults,
  ...registryFaults,
  ...editFaults,
];
