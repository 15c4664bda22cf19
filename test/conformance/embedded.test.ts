import { openEmbeddedConformance } from './embedded-conformance.ts';
import { describeConformance } from './suite.ts';

describeConformance('the embedded cluster', openEmbeddedConformance);
