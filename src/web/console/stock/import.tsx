import { Button, Code, FileInput, Radio, Stack, Text } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import { IMPORT_LIMITS, IMPORT_MODES, type ImportMode } from '../../../domain/stock-import';
import { Fault } from '../../kit/answer';
import { Page } from '../../kit/page';
import { useSession } from '../data';
import { useImport } from './data';
import { ImportResult } from './import-result';

const MODES: Readonly<Record<ImportMode, string>> = {
  all_or_nothing: 'All or nothing: a line that cannot be done stops them all',
  report: 'What can be done is done, the rest is reported',
};

export function Import() {
  const { may } = useSession();
  const send = useImport();
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<ImportMode>('all_or_nothing');
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (file) send.mutate({ mode, csv: await file.text() });
  };
  return (
    <Page title="Import stock">
      <form onSubmit={(event) => void submit(event)}>
        <Stack align="start">
          <Text>
            A CSV file with the columns <Code>skuId,delta,reason</Code>, at most {IMPORT_LIMITS.lines} lines.
          </Text>
          <FileInput label="File" w={320} maw="100%" accept=".csv,text/csv" value={file} onChange={setFile} clearable />
          <Radio.Group label="When a line cannot be done" value={mode} onChange={(value) => setMode(modeOf(value))}>
            <Stack gap="xs" mt="xs">
              {IMPORT_MODES.map((value) => (
                <Radio key={value} value={value} label={MODES[value]} />
              ))}
            </Stack>
          </Radio.Group>
          <Button type="submit" disabled={!file || !may.act} loading={send.isPending}>
            Import
          </Button>
        </Stack>
      </form>
      {send.error && <Fault error={send.error} />}
      {send.data && <ImportResult result={send.data} />}
    </Page>
  );
}

const modeOf = (value: string): ImportMode => IMPORT_MODES.find((mode) => mode === value) ?? 'all_or_nothing';
