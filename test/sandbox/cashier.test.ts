import { newNo, TestSandbox } from './support/sandbox';

describe('cashier', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => void (sandbox = await TestSandbox.start()));
  afterAll(() => sandbox.close());

  const page = async (no: string): Promise<{ status: number; html: string }> => {
    const answer = await fetch(`${sandbox.url}/pay/${no}`);
    return { status: answer.status, html: await answer.text() };
  };

  test('shows what is to pay, takes the form without a script, shows that it is paid', async () => {
    const no = newNo();
    await sandbox.client.create(no, { description: 'Tea <b>&</b> "cups"' });
    const { html } = await page(no);
    expect(html).toContain('data-state="open"');
    expect(html).toContain('CN¥19.99');
    expect(html).toContain(sandbox.client.credentials.mchid);
    expect(html).toContain('Tea &#60;b&#62;&#38;&#60;/b&#62; &#34;cups&#34;');
    expect(html).toContain('Time left');
    expect(html).toContain('<form method="post">');
    expect(html).not.toContain('<script');
    const paid = await fetch(`${sandbox.url}/pay/${no}`, { method: 'POST' });
    expect(paid.redirected).toBe(true);
    const after = await paid.text();
    expect(after).toContain('data-state="paid"');
    expect(after).toContain((await sandbox.client.query(no)).json.transaction_id);
    expect(after).not.toContain('<form');
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
  });

  test('paying a closed one does nothing and says so', async () => {
    const no = newNo();
    await sandbox.client.create(no);
    await sandbox.client.close(no);
    const html = await (await fetch(`${sandbox.url}/pay/${no}`, { method: 'POST' })).text();
    expect(html).toContain('data-state="closed"');
    expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
  });

  test('shows an expired one without a button', async () => {
    const no = newNo();
    await sandbox.client.create(no, { time_expire: new Date(Date.now() + 60_000).toISOString() });
    await sandbox.control('POST', '/clock', { offsetMs: 61_000 });
    const { html } = await page(no);
    await sandbox.control('POST', '/clock', { offsetMs: 0 });
    expect(html).toContain('data-state="expired"');
    expect(html).not.toContain('<form');
  });

  test('finds the payment behind a QR code; an unknown number or code is a 404 page', async () => {
    const no = newNo();
    const code = (await sandbox.client.create(no)).json.code_url ?? '';
    const found = await fetch(`${sandbox.url}/pay?code=${encodeURIComponent(code)}`);
    expect(found.url).toBe(`${sandbox.url}/pay/${no}`);
    expect((await fetch(`${sandbox.url}/pay?code=weixin://nothing`)).status).toBe(404);
    expect(await page('<i>')).toMatchObject({ status: 404, html: expect.not.stringContaining('<i>') });
  });
});
