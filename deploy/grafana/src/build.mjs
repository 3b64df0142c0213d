// Writes each dashboard as JSON into a folder: node build.mjs FOLDER

import fs from 'node:fs';
import path from 'node:path';
import fleet from './fleet.mjs';
import overview from './overview.mjs';
import service from './service.mjs';
import vantage from './vantage.mjs';

const [, , folder] = process.argv;
for (const [name, board] of Object.entries({ overview, service, vantage, fleet })) {
  fs.writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(board, null, 2)}\n`);
}
