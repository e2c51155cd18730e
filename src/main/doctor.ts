import { examine, render } from './doctor/index';
import { type Finding } from './doctor/finding';

/** Prints what is wrong with this installation; exit code 1 where something does not work. `--json`: as data. */
export async function doctor(before: readonly Finding[], args: readonly string[]): Promise<number> {
  const findings = await examine({ before });
  console.log(args.includes('--json') ? JSON.stringify(findings, null, 2) : render(findings));
  return findings.some(({ level }) => level === 'fail') ? 1 : 0;
}

if (require.main === module) {
  void doctor([], process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
