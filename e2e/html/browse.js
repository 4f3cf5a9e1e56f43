// Opens pages in Chromium, and prints what it saw as JSON. It reads from standard input which pages, in
// which folder, by which browser. With shots, it saves pictures there.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const modes = [
  { mode: "light", width: 1280, colorScheme: "light" },
  { mode: "dark", width: 1280, colorScheme: "dark" },
  { mode: "phone", width: 360, colorScheme: "light" },
  { mode: "print", width: 760, colorScheme: "dark", media: "print" },
];

// open loads a page, and notes what it should not do.
async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (m) => complaints.push(`console: ${m.text()}`));
  page.on("pageerror", (e) => complaints.push(`error: ${e.message}`));
  page.on("dialog", (d) => complaints.push(`dialog: ${d.message()}`) && d.dismiss());
  page.on("request", (r) => r.url() === url || complaints.push(`request: ${r.url()}`));
  await page.goto(url);
  return { context, page, complaints };
}

// look returns what is to be seen of a page.
function look(page) {
  return page.evaluate(() => {
    const seen = (e) => e.checkVisibility();
    const texts = (selector) => [...document.querySelectorAll(selector)].filter(seen).map((e) => e.innerText.replace(/\s+/g, " ").trim());
    return {
      heading: texts("h1").join(),
      findings: texts(".findings tbody tr").length,
      requirements: texts(".requirements tbody tr").length,
      filter: texts("form").length > 0,
      shown: texts("output").join(),
      tooWide: Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
    };
  });
}

// violations returns what breaks a rule of axe-core.
async function violations(page) {
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 200)}: ${n.failureSummary}`));
}

// keys presses keys: a word to type, or the name of a key in angle brackets.
async function keys(page, presses) {
  const steps = [];
  for (const press of presses) {
    if (/^<.*>$/.test(press)) await page.keyboard.press(press.slice(1, -1));
    else await page.keyboard.type(press);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const { findings, requirements, shown } = await look(page);
    const focus = await page.evaluate(() => {
      const e = document.activeElement;
      const ring = getComputedStyle(e.closest(".chip") ?? e).outlineStyle !== "none";
      if (e === document.body) return "page";
      const name = e.type === "checkbox" ? e.value : e.name || e.className || e.textContent;
      return name + (ring ? "" : " without a ring");
    });
    steps.push({ press, focus, findings, requirements, shown });
  }
  return steps;
}

async function main() {
  const job = JSON.parse(fs.readFileSync(0, "utf8"));
  const browser = await chromium.launch({ executablePath: job.chromium });
  const out = { pages: [], keys: [] };
  for (const name of job.pages) {
    const url = pathToFileURL(path.join(job.folder, `${name}.html`)).href;
    const { context, page, complaints } = await open(browser, url);
    await page.evaluate(axe);
    for (const { mode, width, colorScheme, media = "screen" } of modes) {
      await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
      await page.emulateMedia({ colorScheme, media });
      if (job.shots) await page.screenshot({ path: path.join(job.shots, `${name} ${mode}.png`), fullPage: mode !== "light" });
      out.pages.push({ page: name, mode, ...(await look(page)), violations: await violations(page), complaints: complaints.splice(0) });
    }
    await context.close();
    // axe-core is a script itself.
    const plain = await open(browser, url, { javaScriptEnabled: false });
    const acts = await plain.page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((e) => e.getAttributeNames()).filter((name) => /^on|^style$|^src/.test(name)));
    out.pages.push({ page: name, mode: "no script", ...(await look(plain.page)), acts, complaints: plain.complaints });
    await plain.context.close();
  }
  for (const { page: name, presses } of job.keys) {
    const url = pathToFileURL(path.join(job.folder, `${name}.html`)).href;
    const { context, page, complaints } = await open(browser, url);
    out.keys.push({ page: name, steps: await keys(page, presses), complaints });
    await context.close();
  }
  if (job.picture) {
    const url = pathToFileURL(path.join(job.folder, `${job.picture.page}.html`)).href;
    const { page } = await open(browser, url, { viewport: { width: 1080, height: 1290 } });
    await page.screenshot({ path: job.picture.path });
  }
  await browser.close();
  fs.writeFileSync(1, JSON.stringify(out));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
