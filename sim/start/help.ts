// `npm start -- --help`.

import { defaults, speeds } from './options.ts';

export const help = `Usage: npm start -- [options]

Runs Forehold on a SIMULATED cluster in this one process: an API server and kubelets that behave like real ones, a
coordinator, and one agent for each node, all talking over real HTTP and gRPC on loopback addresses. No image is
really pulled.

  --nodes N            nodes of the cluster (default ${defaults.nodes})
  --images FILE        CachedImages to apply, YAML, several documents (default: a sample set of 14); an image whose
                       tag is "missing" is not in the simulated registry, every other one is
  --pull-time TIME     every pull takes so long, such as 45s (default: by size, 200 MB/s, 15 % more or less)
  --speed X            seconds of cluster time in one real second, ${speeds.min} to ${speeds.max} (default ${defaults.speed})
  --seed N             another seed, other pull times (default ${defaults.seed})
  --limits FILE        limits of the coordinator, YAML (default: cluster 20 or 5 %, image 3 or 10 %, node 1)
  --exit-when-warm     end as soon as every image is on every node that should have it, or cannot get there
  --json               the last line of standard output is the report, one JSON object; all else is standard error
  --log LEVEL          error, warn, info, debug or silent (default $FOREHOLD_LOG_LEVEL, else warn, in the live view
                       error): JSON lines to standard error, in the live view above it
  --help

Report: times are cluster time. seconds = last agent's inventory complete to last pair warm (null while one is not);
lowerBoundSeconds = the least that any order of these pulls could take within the limits, bindingLimit = the limit
that says so; pulls, duplicatePulls, failedPulls and peaks are what the kubelets did; apiRequestsPerPull = requests
of coordinator and agents in that span.

Exit code: 0 warm, or ended by Ctrl-C; with --exit-when-warm 130 when Ctrl-C came first, and 1 when it cannot become
warm: every missing image failed where it is missing and nothing is pulling (it is not waited for the retries), or
nothing has moved for ten minutes of cluster time. 1 also when something broke, 2 for a bad option or file. A second
Ctrl-C ends at once.
`;
