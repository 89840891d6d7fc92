// Drives a browser for a test: a JSON line in is one step, a JSON line out is what came of it.
//
//   node page.mjs CHROMIUM
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--font-render-hinting=none"],
});
let context, page, seen, wire;

/** Runs in the page before its own scripts: notes what must not happen. */
function watch() {
  window.noted = { shift: 0, violations: [] };
  addEventListener("securitypolicyviolation", (event) =>
    window.noted.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.noted.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}

/** The value of an expression in the page, which its own policy does not hear of. */
async function evaluated(expression) {
  const told = await wire.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (told.exceptionDetails) throw new Error(told.exceptionDetails.exception?.description ?? told.exceptionDetails.text);
  return told.result.value;
}

const steps = {
  async open({ url, ...options }) {
    await context?.close();
    context = await browser.newContext({ reducedMotion: "reduce", ...options });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await context.addInitScript(watch);
    page = await context.newPage();
    seen = { errors: [], hosts: [], bytes: 0 };
    page.on("console", (line) => ["error", "warning"].includes(line.type()) && seen.errors.push(line.text()));
    page.on("pageerror", (error) => seen.errors.push(String(error)));
    page.on("request", (request) => seen.hosts.push(new URL(request.url()).host));
    wire = await context.newCDPSession(page);
    await wire.send("Network.enable");
    wire.on("Network.loadingFinished", (event) => (seen.bytes += event.encodedDataLength));
    await page.goto(url, { waitUntil: "networkidle" });
  },
  fill: ({ selector, text }) => page.fill(selector, text),
  click: ({ selector }) => page.click(selector),
  press: ({ key }) => page.keyboard.press(key),
  type: ({ text }) => page.keyboard.type(text),
  wait: ({ selector, state = "visible" }) => page.locator(selector).first().waitFor({ state, timeout: 60_000 }),
  texts: ({ selector }) => page.locator(selector).allInnerTexts(),
  evaluate: ({ code }) => evaluated(code),
  /** What something before the server would say, `times` over. */
  intercept: ({ path, reply, times }) => page.route(path, (route) => route.fulfill(reply), { times }),
  shown: ({ selector }) => page.locator(selector).first().isVisible(),
  focused: () => page.locator(":focus").first().evaluate((found) => found.id || found.className || found.tagName),
  paper: () => page.emulateMedia({ media: "print" }),
  offline: ({ on }) => context.setOffline(on),
  screenshot: ({ path, full = false }) =>
    page.screenshot({ path, fullPage: full, animations: "disabled", caret: "hide" }).then(() => null),
  async noted() {
    const inside = await evaluated("window.noted");
    return { ...seen, ...inside, hosts: [...new Set(seen.hosts)] };
  },
  /** The serious and critical findings of axe: the rule, and where. It is put in past the page's own policy. */
  async axe() {
    await evaluated(`${await source()}; null`);
    const found = await evaluated("axe.run()");
    return found.violations
      .filter((one) => ["serious", "critical"].includes(one.impact))
      .map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
  },
};

let axeSource;
const source = async () => (axeSource ??= await (await import("node:fs/promises")).readFile(axe, "utf-8"));

for await (const line of createInterface({ input: process.stdin })) {
  const { step, ...given } = JSON.parse(line);
  const told = await steps[step](given).then(
    (value) => ({ value: value ?? null }),
    (error) => ({ error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
await browser.close();
