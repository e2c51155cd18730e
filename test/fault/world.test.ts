import { Client } from 'pg';
import { testEnvironment } from '../support/environment';
import { openWorld } from '../support/world';

describe('the tests’ own world', () => {
  it('a start that fails half-way leaves nothing behind', async () => {
    const databaseVia = () => Promise.reject(new Error('there is no way to the database'));
    await expect(openWorld('half-started', { databaseVia })).rejects.toThrow('there is no way');
    const client = new Client({ connectionString: testEnvironment().adminUrl });
    await client.connect();
    try {
      // The database is dropped last, and only when nobody is connected to it any more.
      const { rows } = await client.query(`SELECT datname FROM pg_database WHERE datname LIKE '%half_started%'`);
      expect(rows).toEqual([]);
    } finally {
      await client.end();
    }
  });
});
