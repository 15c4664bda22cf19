// The suite that `npm test` runs against the embedded cluster, on real kubelets.

import { describeConformance } from '../conformance/suite.ts';
import { readEnvironment } from './harness/environment.ts';
import { openRealCluster } from './real-cluster.ts';

describeConformance('a real cluster', async () => {
  const environment = readEnvironment(process.env);
  if (typeof environment === 'string') throw new Error(`cannot run: ${environment}`);
  return openRealCluster(environment);
});
