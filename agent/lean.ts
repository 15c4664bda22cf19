// Tells V8 not to bring its optimising compilers to an agent, which idles on every node of the cluster and computes
// nothing: 77 instead of 83 MiB resident (Node 24.21, bundled, TLS to a real API server; 73 with
// `node --max-semi-space-size=1`, which cannot be set from here). Imported by main.ts before everything else, because
// what has been compiled stays; not by Agent itself, since other processes keep a thousand of those busy.

import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--no-opt');
setFlagsFromString('--no-maglev');
