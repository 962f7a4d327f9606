// A real browser against a real list: the demo plays its story, `hustings serve` serves it, and Chromium clicks
// through it at the width of a phone and of a desktop. With SHOT=FILE the loan page is kept as a picture.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const binary = process.env.HUSTINGS ?? "../target/debug/hustings";
const folder = mkdtempSync(join(tmpdir(), "hustings-e2e-"));
const list = join(folder, "list");
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };
let server, browser, links;

before(async () => {
  const played = spawnSync(binary, ["demo", "--supporters", "2000", "--no-serve", "--json", "--dir", list], { encoding: "utf8" });
  assert.equal(played.status, 0, played.stderr);
  server = spawn(binary, ["serve", "--dir", list], { stdio: ["ignore", "pipe", "inherit"] });
  links = await new Promise((resolve, reject) => {
    let said = "";
    const late = setTimeout(() => reject(new Error(`the server said only: ${said}`)), 30_000);
    server.on("exit", () => reject(new Error(`the server ended: ${said}`)));
    server.stdout.on("data", (chunk) => {
      said += chunk;
      const found = Object.fromEntries([...said.matchAll(/Log in once as (\w+)\s+(\S+)/g)].map((m) => [m[1], m[2]]));
      if (found.borrower) {
        clearTimeout(late);
        resolve(found);
      }
    });
  });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

after(async () => {
  await browser?.close();
  server?.removeAllListeners("exit");
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server.on("exit", resolve));
    server.kill("SIGTERM");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function loggedIn(role, options = {}) {
  const context = await browser.newContext({ viewport: desktop, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  await page.goto(links[role]);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(/\/(console|desk)/);
  return { page, wrong, site: new URL(page.url()).origin };
}

async function fits(page, path) {
  for (const size of [phone, desktop]) {
    await page.setViewportSize(size);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${path} is ${over} pixels too wide at ${size.width}`);
  }
}

test("a steward walks through the console at both widths", async () => {
  const { page, wrong, site } = await loggedIn("steward");
  for (const path of ["/console", "/console/supporters", "/console/audiences", "/console/loans", "/console/loans/1", "/console/loans/2", "/console/board", "/console/borrowers", "/console/copies", "/console/copies/1", "/console/alarms", "/console/ledger", "/console/ledger/0", "/ledger"]) {
    const response = await page.goto(site + path);
    assert.equal(response.status(), 200, path);
    assert.ok((await page.locator("h1").innerText()).length > 3, path);
    await fits(page, path);
  }
  if (process.env.SHOT) {
    await page.goto(`${site}/console/loans/1`);
    await page.setViewportSize({ width: 1280, height: 1100 });
    await page.screenshot({ path: process.env.SHOT });
  }
  assert.deepEqual(wrong, []);
});

test("a live count follows the typing", async () => {
  const { page, wrong, site } = await loggedIn("trustee");
  await page.goto(`${site}/console/audiences`);
  await page.locator("textarea, input[name=q]").first().fill('issue has "housing"');
  await page.getByText(/\d[\d,]*/).first().waitFor();
  assert.deepEqual(wrong, []);
});

test("a borrower's desk shows no exact number of people", async () => {
  const { page, site } = await loggedIn("borrower");
  const response = await page.goto(`${site}/desk`);
  assert.equal(response.status(), 200);
  await fits(page, "/desk");
  const foreign = await page.goto(`${site}/console/supporters`);
  assert.equal(foreign.status(), 403);
});

test("the public ledger works without script", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: phone });
  const page = await context.newPage();
  const site = new URL(links.steward).origin;
  const response = await page.goto(`${site}/ledger`);
  assert.equal(response.status(), 200);
  assert.match(await page.content(), /Maya Okafor/);
});
