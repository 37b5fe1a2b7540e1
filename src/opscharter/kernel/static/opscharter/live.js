/* Live pages: hear that something has changed, and see who else is there.

   A page carries one pass: <div data-live="…">. What has changed arrives as the event "live" on the document, with
   {name: number}; whoever cares asks for the rest. Only a page that is looked at keeps a stream open, because browsers
   keep no more than six connections to a host; a hidden one asks now and then. */
"use strict";

const BEAT = 20000; /* presence.py knows the same number */
const HIDDEN_BEAT = 15000;
const WRITING = 6000;
const PAGE = Math.random().toString(36).slice(2); /* not randomUUID, which plain http does not have */
const live = { pass: "", stream: null, numbers: {}, hidden: 0, doing: "", base: "views", wrote: 0 };

function hear(numbers) {
  const news = {};
  for (const [name, number] of Object.entries(numbers)) {
    if (number > (live.numbers[name] ?? -1)) news[name] = live.numbers[name] = number;
  }
  if (!Object.keys(news).length) return;
  document.dispatchEvent(new CustomEvent("live", { detail: news }));
  lookWhoIsHere();
}

function openStream() {
  clearInterval(live.hidden);
  if (live.stream && live.stream.readyState !== EventSource.CLOSED) return;
  live.stream = new EventSource(`/live/?pass=${encodeURIComponent(live.pass)}`);
  live.stream.onmessage = (event) => hear(JSON.parse(event.data));
}
function closeStream() {
  live.stream?.close();
  live.stream = null;
  clearInterval(live.hidden);
  live.hidden = setInterval(askOnce, HIDDEN_BEAT);
}
async function askOnce() {
  const answer = await fetch(`/live/?pass=${encodeURIComponent(live.pass)}`).catch(() => null);
  if (answer?.ok) hear((await answer.json()).numbers);
}

/* Who is there. */
const presence = () => document.querySelector("[data-presence]");
async function sayWhoIsHere(doing) {
  if (!presence()) return;
  live.doing = doing;
  const body = new URLSearchParams({ pass: live.pass, doing, page: PAGE });
  const answer = await fetch("/live/", { method: "POST", body }).catch(() => null);
  if (answer?.ok) showPeople((await answer.json()).people);
}
async function lookWhoIsHere() {
  if (!presence()) return;
  const answer = await fetch(`/live/?pass=${encodeURIComponent(live.pass)}`).catch(() => null);
  if (answer?.ok) showPeople((await answer.json()).people);
}
function showPeople(people) {
  const place = presence();
  place.replaceChildren(
    ...people.map((each) => {
      const chip = document.createElement("span");
      chip.className = `pill ${each.doing === "views" ? "p-n" : "p-a"}`;
      chip.textContent = `${each.who} ${each.told}`;
      return chip;
    }),
  );
  document.dispatchEvent(new CustomEvent("people", { detail: people }));
}
function beat() {
  if (document.hidden) return;
  sayWhoIsHere(Date.now() - live.wrote < WRITING ? "writes" : live.base);
}
document.addEventListener("input", (event) => {
  if (!presence() || !event.target.closest("textarea, [data-writing]") || event.target.closest("dialog.palette")) return;
  if (event.target.form?.elements.note?.checked) return; /* what is written for colleagues is nothing for the others */
  live.wrote = Date.now();
  if (live.base === "views" && live.doing !== "writes") sayWhoIsHere("writes");
});

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-live]");
  if (!place) return;
  live.pass = place.dataset.live;
  live.base = presence()?.dataset.doing || "views";
  if (document.hidden) closeStream();
  else openStream();
  beat();
  setInterval(beat, BEAT);
  setInterval(() => live.doing === "writes" && Date.now() - live.wrote >= WRITING && beat(), 2000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return closeStream();
    openStream();
    beat();
  });
  addEventListener("pagehide", () => {
    if (presence()) navigator.sendBeacon("/live/", new URLSearchParams({ pass: live.pass, doing: "gone", page: PAGE }));
  });
  addEventListener("pageshow", (event) => event.persisted && beat());
});
