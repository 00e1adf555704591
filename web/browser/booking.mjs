// A patient books through the simulator in a real browser, another pays a deposit, the clock moves, all begins anew.
//
//   BASE_URL=http://127.0.0.1:8080 CHROMIUM=/usr/bin/chromium node browser/booking.mjs
//
// With SHOTS naming a folder it leaves pictures there: both themes, and a narrow window.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const base = process.env.BASE_URL ?? "http://127.0.0.1:8080";
const shots = process.env.SHOTS;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
page.setDefaultTimeout(20_000);
const errors = [];
page.on("pageerror", (error) => errors.push(String(error)));
page.on("console", (message) => message.type() === "error" && errors.push(message.text()));

const shot = async (name) => shots && (await page.screenshot({ path: `${shots}/${name}.png` }));
const log = page.getByRole("log", { name: "Messages" });
const says = async (words) => {
  const before = await log.locator(".theirs .bubble:not(.typing)").count();
  await page.getByLabel("Text message").fill(words);
  await page.getByRole("button", { name: "Send" }).click();
  const answer = log.locator(".theirs .bubble:not(.typing)").nth(before);
  await answer.waitFor();
  return await answer.innerText();
};
const choose = (name) => page.getByRole("group", { name: "Patients" }).getByRole("button", { name }).click();

try {
  await page.goto(base);
  await page.getByRole("heading", { name: "Glow Aesthetics" }).waitFor();
  await shot("1-first");

  // A call nobody answers brings a text.
  await page.getByRole("button", { name: "Call" }).click();
  await page.getByText("Ringing").waitFor();
  await shot("2-ringing");
  // In open hours and after them, in other words.
  await log.getByText("How can I help").waitFor();
  await page.getByText("Ringing").waitFor({ state: "hidden" });
  await page.locator(".call").waitFor({ state: "hidden" });

  const offer = await says("Jo Park, new here, jo@example.com. Botox next wednesday or thursday after 1?");
  assert.match(offer, /PM/, offer);
  await shot("3-offer");
  const booked = await says("the first one");
  assert.match(booked, /booked for Botox/, booked);
  await page.locator(".entry").getByText("Jo Park").waitFor();
  await page.getByText("The whole reading").first().waitFor();
  await shot("4-booked");
  await page.getByRole("group", { name: "What the clinic sees" }).getByRole("button", { name: /Mail/ }).click();
  await page.getByRole("button", { name: /New booking: Jo Park/ }).click();
  await page.frameLocator("iframe.letter").getByText("Jo Park").first().waitFor();
  await shot("5-mail");

  // In Spanish.
  await choose(/Maya/);
  const spanish = await says("hola, quiero una cita para hydrafacial el jueves por la tarde");
  assert.match(spanish, /asistente/i, spanish);

  // A deposit, by the pay page.
  await choose(/Sam/);
  await says("Sam Reed here, new, sam@example.com. dermal filler with Dana next wednesday afternoon?");
  const asked = await says("the first one");
  assert.match(asked, /\$100 deposit/, asked);
  await says("yes please");
  await log.getByRole("link").last().click();
  const pay = page.frameLocator(".sheet iframe");
  await pay.getByRole("button", { name: /Pay/ }).waitFor();
  await shot("6-pay");
  await pay.getByRole("button", { name: "Pay $100" }).click();
  await pay.getByText("Paid, thank you").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await log.getByText("$100 payment is in").waitFor();

  // On the web site: the number typed there gets a code on the handset, and then the visit made by text is known.
  await choose(/Jo Park/);
  await page.getByRole("button", { name: "Web site chat" }).click();
  const site = page.getByRole("complementary", { name: "The chat on the clinic's web site" });
  const writes = async (words) => {
    const before = await site.locator(".theirs .bubble:not(.typing)").count();
    await site.getByLabel("Chat message").fill(words);
    await site.getByRole("button", { name: "Send" }).click();
    const answer = site.locator(".theirs .bubble:not(.typing)").nth(before);
    await answer.waitFor();
    return await answer.innerText();
  };
  await site.getByText("How can I help?").waitFor();
  const whose = await writes("what time is my appointment?");
  assert.match(whose, /mobile number/, whose);
  assert.doesNotMatch(await writes("347 555 0123"), /Botox/);
  const code = await log.getByText("is your code").last().innerText();
  await shot("13-site-chat");
  const told = await writes(/(\d{6}) is your code/.exec(code)[1]);
  assert.match(told, /Botox/, told);
  await shot("14-site-chat-told");
  if (shots) {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 360, height: 740 });
    await shot("15-site-chat-narrow");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  await site.getByRole("button", { name: "Close the chat" }).click();

  // The clock moves on, and what was due on the way has happened.
  await choose(/Another/);
  await says("hi, Alex Kim, existing, no email, hydrafacial any afternoon");
  const texts = await log.locator(".theirs").count();
  await page.getByRole("group", { name: "What the clinic sees" }).getByRole("button", { name: /Coming up/ }).click();
  await page.getByText("An unanswered offer is followed up").first().waitFor();
  await shot("7-coming-up");
  await page.getByRole("button", { name: "Next morning" }).click();
  await page.getByTestId("clock").getByText("9:00 AM").waitFor();
  // On a Sunday nothing proactive leaves before noon.
  for (const hour of ["10:00 AM", "11:00 AM", "12:00 PM", "1:00 PM"]) {
    await page.getByRole("button", { name: "+1 h" }).click();
    await page.getByTestId("clock").getByText(hour).waitFor();
  }
  await log.locator(".theirs").nth(texts).waitFor();

  if (shots) {
    await choose(/Jo Park/);
    await page.getByRole("group", { name: "What the clinic sees" }).getByRole("button", { name: /Calendar/ }).click();
    await page.emulateMedia({ colorScheme: "dark" });
    await shot("8-dark");
    await page.setViewportSize({ width: 360, height: 740 });
    await shot("9-narrow-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await shot("10-narrow");
    await page.getByRole("button", { name: "Why" }).click();
    await shot("11-narrow-why");
    await page.getByRole("navigation").getByRole("button", { name: "Clinic" }).click();
    await shot("12-narrow-clinic");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `the page is ${wide} px wide in a window of 360`);
    await page.getByRole("navigation").getByRole("button", { name: "Patient" }).click();
    await page.setViewportSize({ width: 1440, height: 900 });
  }

  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByText("Text the clinic, or call").waitFor();
  await choose(/Sam/);
  assert.equal(await log.locator(".bubble").count(), 0, "nothing is left of what was");
  assert.deepEqual(errors, [], "the page reported no error");
  console.log("browser: a booking, a deposit, a chat on the web site, the clock and a new beginning");
} catch (error) {
  if (shots) await page.screenshot({ path: `${shots}/failed.png` });
  throw error;
} finally {
  await browser.close();
}
