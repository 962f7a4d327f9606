// A board signs in a real browser: one trustee with a passkey (Chromium's virtual authenticator), two without script and
// with a key in a file. The list is made by the command line, and checked by it afterwards.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const binary = process.env.HUSTINGS ?? join(root, "target/debug/hustings");
const folder = mkdtempSync(join(tmpdir(), "hustings-board-"));
const list = join(folder, "list");
const port = 8500 + (process.pid % 400);
const site = `http://localhost:${port}`;
const env = { ...process.env, HUSTINGS_PASSPHRASE: "a passphrase for this test only" };
const trustees = [["Ada Stone", "labor"], ["Ben Ruiz", "labor"], ["Cleo Hart", "climate"]];
let server, browser;

function run(args, input) {
  const done = spawnSync(binary, ["--dir", list, "--json", ...args], { encoding: "utf8", env, input });
  assert.equal(done.status, 0, `${args.join(" ")}: ${done.stdout}${done.stderr}`);
  return done.stdout.trim() ? JSON.parse(done.stdout) : {};
}

before(async () => {
  const charter = readFileSync(join(root, "docs/charter.example.toml"), "utf8").replace("http://127.0.0.1:8470", site);
  assert.match(charter, /signed = "required"/);
  writeFileSync(join(folder, "charter.toml"), charter);
  run(["init", "--charter", join(folder, "charter.toml")]);
  for (const [name, wing] of trustees) {
    run(["user", "add", `${name} <${name.split(" ")[0].toLowerCase()}@board.example>`, "--role", "trustee", "--wing", wing]);
  }
  const name = "Maya Okafor for State House";
  run(["borrower", "add", name, "--kind", "candidate", "--office", "state house", "--area", "ocd-division/country:us/state:vt",
    "--position", "housing", "--contact", "team@maya.example", "--treasurer", "T. Okafor"]);
  run(["borrower", "verify", name]);
  writeFileSync(join(folder, "request.toml"), `borrower = "${name}"
area = "ocd-division/country:us/state:vt"
ask = "hear"
issues = ["housing"]
closes = "2099-01-01T00:00:00Z"
fields = ["email"]
[appeal]
subject = "Homes now"
paid_for_by = "Paid for by Maya."
body = "Dear {{ given_name }}, hear me."
`);
  run(["loan", "request", join(folder, "request.toml")]);
  server = spawn(binary, ["--dir", list, "serve", "--listen", `127.0.0.1:${port}`], { env, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    server.on("exit", () => reject(new Error("the server ended")));
    server.stdout.on("data", (chunk) => String(chunk).includes("/ledger") && resolve());
  });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

async function stop() {
  if (!server || server.exitCode !== null) return;
  server.removeAllListeners("exit");
  const ended = new Promise((resolve) => server.on("exit", resolve));
  server.kill("SIGTERM");
  await ended;
}

after(async () => {
  await browser?.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function loggedIn(name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  const page = await context.newPage();
  await page.goto(run(["user", "login", name]).link);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(/\/console/);
  return page;
}

// Without script: copies the statement, has the command line sign it, pastes the signature.
async function signWithFile(page, key) {
  const statement = await page.locator("pre code").first().innerText();
  const { signature } = run(["board", "sign", "--key", key], statement);
  const details = page.locator("details", { has: page.locator("#signature") });
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  await page.locator("#signature").fill(signature);
  await page.getByRole("button", { name: "Hand it in" }).click();
  await page.waitForURL(/done=signed/);
}

async function open(page, summary) {
  await page.locator("summary", { hasText: summary }).click();
}

test("a board founds its keys and clears a loan, one vote of it with a passkey", async () => {
  const files = {};
  const pages = {};
  for (const [name] of trustees.slice(0, 2)) {
    files[name] = join(folder, `${name}.key`);
    const { public: half } = run(["board", "key", "new", files[name]]);
    const page = (pages[name] = await loggedIn(name, { javaScriptEnabled: false }));
    await page.goto(`${site}/console/board`);
    await open(page, "Register a key in a file");
    await page.locator("#file-label").fill("laptop");
    await page.locator("#public").fill(half);
    await page.locator("form", { has: page.locator("#public") }).getByRole("button").click();
    await signWithFile(page, files[name]);
  }

  const cleo = await loggedIn("Cleo Hart");
  const wrong = [];
  cleo.on("pageerror", (error) => wrong.push(String(error)));
  const devtools = await cleo.context().newCDPSession(cleo);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await cleo.goto(`${site}/console/board`);
  await open(cleo, "Register a passkey");
  await cleo.locator("#passkey-label").fill("my phone");
  await cleo.locator("form", { has: cleo.locator("#passkey-label") }).getByRole("button").click();
  await cleo.getByRole("button", { name: "Make a passkey" }).click();
  await cleo.waitForURL(/done=signed/);
  assert.match(await cleo.locator("main").innerText(), /Cleo Hart: my phone\s+passkey/);

  // Nobody's key counts before the others confirmed it.
  await cleo.goto(`${site}/console/loans/1`);
  assert.equal(await cleo.locator("#vote").count(), 0, "a trustee without a key in force has no vote");

  for (const [by, whose] of [["Ada Stone", "Ben Ruiz"], ["Ben Ruiz", "Ada Stone"], ["Ada Stone", "Cleo Hart"]]) {
    const page = pages[by];
    await page.goto(`${site}/console/board`);
    await page.getByRole("button", { name: `Confirm the key of ${whose}` }).click();
    await signWithFile(page, files[by]);
  }
  assert.equal(await cleo.goto(`${site}/console/board`).then((response) => response.status()), 200);
  assert.equal((await cleo.locator("main").innerText()).match(/in force/g).length, 3);

  await cleo.goto(`${site}/console/loans/1`);
  assert.equal(await cleo.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
  await cleo.locator("#vote").getByText("Approve", { exact: true }).click();
  await cleo.getByRole("button", { name: "Cast my vote" }).click();
  // Somebody who is not recognised signs nothing.
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await cleo.getByRole("button", { name: "Sign with your passkey" }).click();
  await cleo.getByText(/Nothing was signed/).waitFor();
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await cleo.getByRole("button", { name: "Sign with your passkey" }).click();
  await cleo.waitForURL(/loans\/1\?done=signed/);
  assert.match(await cleo.locator("#clearance").innerText(), /signed with a passkey/);
  if (process.env.SHOT) await cleo.screenshot({ path: process.env.SHOT, fullPage: true });

  for (const [name] of trustees.slice(0, 2)) {
    const page = pages[name];
    await page.goto(`${site}/console/loans/1`);
    await page.locator("#vote").getByText("Approve", { exact: true }).click();
    await page.getByRole("button", { name: "Cast my vote" }).click();
    await signWithFile(page, files[name]);
  }
  await cleo.goto(`${site}/console/loans/1`);
  assert.match(await cleo.locator("#clearance").innerText(), /cleared/);
  assert.deepEqual(wrong, []);

  // On another address of the same server the browser gives no signature away.
  await cleo.goto(`${site.replace("localhost", "127.0.0.1")}/console/board`);
  assert.doesNotMatch(cleo.url(), /board/, "the session belongs to the other address");
});

test("every signature of that ledger holds, from the list and from its served files alone", async () => {
  await stop();
  const { holds, audit } = run(["board", "verify"]);
  assert.ok(holds);
  assert.equal(audit.votes, 3);
  run(["ledger", "checkpoint"]);
  const alone = run(["board", "verify", "--files", join(list, "ledger")]);
  assert.deepEqual(alone.audit, audit);
});
