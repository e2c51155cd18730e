import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { SECRETS, VARIABLES } from '../../../src/config/schema';
import composeSchema from './compose-spec.json';
import { text } from './support/documents';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: unknown; readonly disable?: boolean };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe('docker-compose.yml', () => {
  const compose = parse(text('docker-compose.yml'), { merge: true }) as Compose;
  const services = Object.entries(compose.services);

  it('fits the Compose Specification', () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(composeSchema);
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { api: { imagee: 'typo' } } })).toBe(false);
  });

  it('has every part of the system', () => {
    const parts = ['api', 'migrate', 'postgres', 'rabbitmq', 'redis', 'sandbox', 'temporal', 'temporal-ui', 'worker'];
    expect(Object.keys(compose.services).sort()).toEqual(parts);
  });

  it('gives our processes only variables that they read', () => {
    const ours = services.filter(([, { command }]) => command?.[0] === 'node');
    expect(ours).toHaveLength(4);
    const given = ours.flatMap(([, { environment }]) => Object.keys(environment ?? {}));
    const own = new Set(given.filter((name) => !name.startsWith('TEMPORAL_')));
    expect([...own].filter((name) => !(name in VARIABLES))).toEqual([]);
  });

  it('starts only what another one waits for with a condition that can come true', () => {
    for (const [name, { depends_on: needs = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        const { healthcheck, image } = compose.services[needed] ?? {};
        const checked =
          healthcheck?.disable !== true && (healthcheck?.test !== undefined || image === 'holdfast:local');
        const canCome = condition === 'service_completed_successfully' || (condition === 'service_healthy' && checked);
        expect({ name, needed, canCome }).toEqual({ name, needed, canCome: true });
      }
    }
  });

  it('pins images, keeps ports on this machine, declares its volumes', () => {
    for (const [, { image = '', ports = [], volumes = [] }] of services) {
      expect(image).toMatch(/^(holdfast:local|[\w/-]+:\d[\w.-]*)$/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const volume of volumes) expect(compose.volumes).toHaveProperty([volume.split(':', 1)[0] ?? '']);
    }
  });

  it('carries no secret but those marked as for development', () => {
    const fixed = services
      .flatMap(([, { environment }]) => Object.entries(environment ?? {}))
      .filter(([name]) => (SECRETS as readonly string[]).includes(name) || /PASSWORD|PWD/.test(name))
      .map(([, value]) => value);
    expect(fixed.length).toBeGreaterThan(0);
    for (const value of fixed) expect(value).toMatch(/\$\{\w+:-development-only\S*\}/);
  });
});
