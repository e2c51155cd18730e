import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { ROOT, text } from './support/documents';

describe('Dockerfile', () => {
  const dockerfile = text('Dockerfile');
  const instructions = dockerfile
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));

  it('ends as an unprivileged user with a health check', () => {
    const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM')));
    expect(last.filter((line) => line.startsWith('USER'))).toEqual(['USER node']);
    expect(last.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
  });

  it('starts programs that the build makes', () => {
    const { services } = parse(text('docker-compose.yml'), { merge: true }) as {
      services: Record<string, { command?: string[] }>;
    };
    const composed = Object.values(services).flatMap(({ command = [] }) =>
      command.filter((word) => word.startsWith('dist/')),
    );
    const programs = [...dockerfile.matchAll(/dist\/[\w/]+\.js/g)].map(([program]) => program);
    expect(programs).toEqual(expect.arrayContaining(composed));
    const sources = programs.map((program) => program.replace(/^dist\/(.*)\.js$/, '$1.ts'));
    expect(sources.filter((source) => !existsSync(resolve(ROOT, source)))).toEqual([]);
  });

  it('copies only what .dockerignore lets in', () => {
    const letIn = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(letIn.filter((path) => !existsSync(resolve(ROOT, path)))).toEqual([]);
    const copied = instructions
      .filter((line) => line.startsWith('COPY') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(letIn).toEqual(expect.arrayContaining(copied.filter((path) => path !== '.')));
  });
});
