// What a person must see in each state: by path, what the heading says without any script, and what else.

const text = async (page, where) => (await page.innerText(where)).trim();

async function row(page, target) {
  return text(page, `tr:has(a[href="/targets/${target}"])`);
}

export default {
  healthy: {
    views: {
      '': {
        at: '/', heading: /^All 9 targets can be reached$/,
        async see(page, check, base) {
          check('the heading says that all is well', /^All 9 targets/.test(await text(page, 'h1')), await text(page, 'h1'));
          const vantage = await text(page, '.vantage');
          check('the vantage and its controls are one line', /Vantage shanghai-1 \(CN, AS4134\) online.*inland \d of \d, abroad \d of \d answer/s.test(vantage), vantage);
          const line = await row(page, 'gmail/imap');
          check('a row has its state in a word, since when, and how long it takes', /ok/.test(line) && /\d+ (s|min|h)/.test(line) && /\d ms/.test(line), line);
          check('a row has bars of a day and a month, with words', await page.locator('tr svg[aria-label^="last 24 hours:"]').count() === 9
            && await page.locator('tr svg[aria-label^="last 30 days:"]').count() === 9);
          const bars = await page.getAttribute('tr:has(a[href="/targets/amazon/s3"]) svg[aria-label^="last 30 days"]', 'aria-label');
          check('the month that the store remembers is there', /down in \d of 30 days/.test(bars), bars);
          check('the certificate says how long it lasts', /\d+ d/.test(line), line);
          await page.fill('#q', 'GMAIL');
          await page.click('button:has-text("Show")');
          await page.waitForURL(/q=GMAIL/);
          check('the search finds by name', await page.locator('.targets tbody tr').count() === 2);
          await page.goto(`${base}/`);
        },
      },
      '-target': {
        at: '/targets/gmail/web', heading: /gmail\/web/,
        async see(page, check) {
          await page.waitForSelector('#history canvas');
          check('the chart is drawn from what was kept', /Single rounds/.test(await text(page, '#history')));
          check('every step has a line', await page.locator('.waterfall tbody tr').count() >= 4);
          await page.click('#history button:has-text("30 d")');
          await page.waitForFunction(() => document.querySelector('#history').innerText.includes('Medians of hours'));
          check('the chart goes back a month', true);
          await page.click('#history button:has-text("24 h")');
          check('the line that repeats it is there', (await text(page, 'pre')) === 'reachd probe --deep gmail/web', await text(page, 'pre'));
          const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=the latest round in OONI')]);
          check('the measurement is a file', download.suggestedFilename() === 'reachd-gmail-web.json', download.suggestedFilename());
        },
      },
    },
  },
  sni: {
    views: {
      '': {
        at: '/', heading: /^facebook\/web is blocked; the other 8 can be reached$/,
        async see(page, check) {
          const first = await text(page, '.targets tbody tr:first-child');
          check('what is blocked comes first and says how in plain words',
            /facebook\/\s*web/.test(first) && /blocked/.test(first) && /reset (when|during) the TLS handshake/.test(first), first);
          check('what changed lately says so', /facebook\/web.*blocked, was ok/s.test(await text(page, '.changes')), await text(page, '.changes'));
        },
      },
      '-target': {
        at: '/targets/facebook/web', heading: /facebook\/web/,
        async see(page, check) {
          const facts = await text(page, '#facts');
          check('the page of the target says how sure that is, and why with numbers',
            /proved/.test(facts) && /tls\.reset\.sni/.test(facts) && /\d+(\.\d+)? ms/.test(facts), facts);
          const lane = await text(page, '.path .visitor:has-text("as a visitor")');
          check('the picture shows where it dies', /dies/.test(await page.textContent('.path .visitor:has-text("as a visitor")')) && /reset by someone after our ClientHello/.test(lane), lane);
          check('the picture shows that an innocent name gets through', await page.locator('.path .trial').count() > 0
            && /example\.org/.test(await text(page, '.path')), await text(page, '.path'));
          check('the change is in the table', /ok.*→.*blocked/s.test(await text(page, '#past')));
        },
      },
    },
  },
  injection: {
    views: {
      '': {
        at: '/', heading: /google-search\/web is blocked/,
        async see(page, check) {
          const first = await row(page, 'google-search/web');
          check('forged answers are told in plain words', /forged DNS answers/.test(first), first);
        },
      },
      '-target': {
        at: '/targets/google-search/web', heading: /google-search\/web/,
        async see(page, check) {
          const steps = await text(page, '.waterfall');
          check('the forged answers of every resolver are shown', /system .*\n?.*31\.13\.94\.37/.test(steps) && /8\.8\.8\.8:53/.test(steps), steps);
        },
      },
    },
  },
  offline: {
    views: {
      '': {
        at: '/', heading: /^This vantage is offline: of the services nothing can be said$/,
        async see(page, check) {
          check('it is not blamed on the services', /no fault of the services/.test(await text(page, '.alert')), await text(page, '.alert'));
          const statuses = await page.locator('.targets .state').allInnerTexts();
          check('of no target anything is said', statuses.length === 9 && statuses.every((word) => /not known/.test(word)), statuses.join());
        },
      },
      '-target': { at: '/targets/facebook/web', heading: /facebook\/web/ },
    },
  },
  hostile: {
    views: {
      '': {
        at: '/', heading: /./,
        async see(page, check) {
          check('markup from the network stays text', await page.locator('main script, main img, main b').count() === 0);
          check('nothing turns text around', !/[\u202a-\u202e\u2066-\u2069\u200e\u200f\x1b\x07]/.test(await page.content()));
          check('what would turn it around is shown', (await page.content()).includes('\\u{202e}'));
          check('the title is the page\'s own', /reachd$/.test(await page.title()), await page.title());
        },
      },
      ...Object.fromEntries(['title', 'header', 'line', 'away', 'mail', 'url'].map((name) => [`-${name}`, {
        at: `/targets/hostile/${name}`, heading: /hostile/,
        async see(page, check) {
          check(`${name}: markup from the network stays text`, await page.locator('main script, main img, main b, main i').count() === 0);
          if (name === 'title') check('the hostile title is there to read', (await text(page, '.waterfall')).includes("<script>document.title='owned'"), await text(page, '.waterfall'));
          check(`${name}: nothing turns text around`, !/[\u202a-\u202e\u2066-\u2069\x1b\x07]/.test(await page.content()));
          const length = (await page.content()).length;
          check(`${name}: a line of 1 MiB does not make a page of it`, length < 300000, length);
        },
      }])),
    },
  },
  many: {
    limit: 1000,
    views: {
      '': {
        at: '/', heading: /of 10,000 targets can be reached/,
        async see(page, check) {
          check('a page has a hundred rows', await page.locator('.targets tbody tr').count() === 100);
          check('trouble comes first', /refused/.test(await text(page, '.targets tbody tr:first-child')), await text(page, '.targets tbody tr:first-child'));
          await page.click('a[rel=next]');
          await page.waitForURL(/page=2/);
          check('the next page is another', /Targets 101 to 200 of 10,000/.test(await text(page, 'caption')));
          const began = Date.now();
          await page.goBack();
          await page.fill('#q', 'service-17/t249');
          await page.keyboard.press('Enter');
          await page.waitForURL(/q=/);
          check('one in ten thousand is found', await page.locator('.targets tbody tr').count() === 1);
          console.log(`# back, typed and found in ${Date.now() - began} ms`);
          await page.goto(page.url().split('?')[0]);
        },
      },
      '-last': { at: '/?page=100', heading: /of 10,000/ },
      '-target': { at: '/targets/service-00/t100', heading: /service-00\/t100/ },
    },
  },
};
