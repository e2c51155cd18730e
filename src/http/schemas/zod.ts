import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

/** The one place that teaches zod `.openapi()`: every schema takes `z` from here, so that none is built before it. */
extendZodWithOpenApi(z);

export { z };
