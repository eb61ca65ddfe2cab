// Has Lighthouse look at the desk, with its preset for desktops: the site as it is deployed, customers configured,
// the CCP live, the agent signed in and idle. Each audit has a browser of its own, that has never been here. Prints
// the scores as one line of JSON, of 100; what is not perfect goes to standard error.
//
//   node audit.mjs AUDITS
//
// CHROMIUM, DESK_DIST, DESK_SIM, DESK_PROXY as for the journeys.

import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

import { launchOptions } from "../../tests/e2e/chromium.mjs";
import { Sim } from "../../tests/e2e/sim.mjs";

/** Of what Lighthouse has found, as much as says what it is. */
const LONGEST_LINE = 300;

const CATEGORIES = ["performance", "accessibility", "best-practices"];

async function audit(sim) {
  await sim.reset();
  const chrome = await launch({ chromePath: launchOptions.executablePath, chromeFlags: [...launchOptions.args, "--headless=new"], logLevel: "error" });
  try {
    const { lhr } = await lighthouse(sim.desk, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" }, desktopConfig);
    if (lhr.runtimeError) throw new Error(`Lighthouse: ${lhr.runtimeError.message}`);
    // Without the CCP it would be another page that was looked at.
    if (!(await sim.agent()).signed_in) throw new Error("nobody was signed in while Lighthouse looked");
    return lhr;
  } finally {
    chrome.kill();
  }
}

/** What has cost points, by category. */
function complaints({ categories, audits, runWarnings }) {
  const lines = runWarnings.map((warning) => `warning: ${warning}`);
  for (const { id, auditRefs } of Object.values(categories)) {
    for (const { id: name, weight } of auditRefs) {
      const { score, displayValue, title, details } = audits[name];
      if (weight === 0 || score === null || score === 1) continue;
      lines.push(`${id}: ${name}, ${score.toFixed(2)}: ${displayValue ?? title}`);
      for (const item of details?.items ?? []) lines.push(`    ${JSON.stringify(item).slice(0, LONGEST_LINE)}`);
    }
  }
  return lines;
}

const audits = Number(process.argv[2]);
const sim = await Sim.start({ customers: true });
const samples = [];
try {
  while (samples.length < audits) {
    const lhr = await audit(sim);
    for (const line of complaints(lhr)) console.error(line);
    const [performance, accessibility, best_practices] = CATEGORIES.map((category) => lhr.categories[category].score * 100);
    samples.push({ performance, accessibility, best_practices });
    console.error(`Lighthouse: audit ${samples.length} of ${audits}`);
  }
} finally {
  await sim.stop();
}
console.log(JSON.stringify(samples));
