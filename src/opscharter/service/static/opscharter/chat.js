/* Live chat, both ends: what is typed survives a reload, what is sent arrives once, what is new appears by itself. */
"use strict";

const talk = document.querySelector("[data-chat]");
const queuePlace = document.querySelector("[data-queue]");
const titleOfPage = document.title;
const keep = talk && `${talk.dataset.side}:${talk.dataset.chat}`;

const storage = {
  get: (name) => JSON.parse(localStorage.getItem(`chat-${name}:${keep}`) || "null"),
  set: (name, value) => (value ? localStorage.setItem(`chat-${name}:${keep}`, JSON.stringify(value)) : localStorage.removeItem(`chat-${name}:${keep}`)),
};
const newKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/* The conversation. */
const lines = talk?.querySelector(".talk-lines");
const toEnd = () => lines && (lines.scrollTop = lines.scrollHeight);
let asking = null;

async function askNews() {
  if (!talk) return;
  const answer = await fetch(`${talk.dataset.url}talk/?after=${talk.dataset.last}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const news = await answer.json();
  if (news.last > Number(talk.dataset.last)) {
    const low = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;
    lines.querySelectorAll(".unsent").forEach((line) => line.remove());
    lines.insertAdjacentHTML("beforeend", news.html);
    talk.dataset.last = news.last;
    if (low) toEnd();
    else lines.lastElementChild?.scrollIntoView({ block: "nearest" });
    showUnsent();
  }
  if (news.mark !== talk.dataset.mark) location.reload(); /* who has it, or how it stands, has changed */
}
/* One question at a time; what happened meanwhile is asked for once more. */
function refreshTalk() {
  if (asking) return void (asking.again = true);
  asking = { again: false };
  askNews().finally(() => {
    const again = asking.again;
    asking = null;
    if (again) refreshTalk();
  });
}

/* Messages on their way: kept with their key until the server has them, so that a reload sends them again, once. */
const form = talk?.querySelector("[data-talk-form]");
let sending = false;
function problem(text) {
  const place = talk.querySelector(".talk-problem");
  place.textContent = text;
  place.hidden = !text;
}
function showUnsent() {
  for (const each of storage.get("unsent") || []) {
    const line = document.createElement("li");
    line.className = "said own unsent";
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.textContent = each.text;
    line.append(bubble);
    lines.append(line);
  }
}
async function sendUnsent() {
  if (sending || !form) return;
  const [first, ...rest] = storage.get("unsent") || [];
  if (!first) return;
  sending = true;
  const body = new URLSearchParams({ ...first, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  sending = false;
  if (answer?.ok) {
    storage.set("unsent", rest.length ? rest : null);
    problem("");
    refreshTalk();
    sendUnsent();
  } else if (answer?.status === 409) {
    storage.set("unsent", rest.length ? rest : null);
    const field = form.elements.text;
    field.value = [first.text, field.value].filter(Boolean).join("\n");
    storage.set("draft", field.value);
    lines.querySelector(".unsent")?.remove();
    problem((await answer.json()).problem);
  } else {
    problem(words().offline);
    setTimeout(sendUnsent, 4000);
  }
}
function send() {
  const field = form.elements.text;
  if (!field.value.trim()) return;
  const note = form.elements.note && (form.elements.note.type === "hidden" || form.elements.note.checked) ? "1" : "";
  storage.set("unsent", [...(storage.get("unsent") || []), { key: newKey(), text: field.value.trim(), note }]);
  field.value = "";
  storage.set("draft", null);
  lines.querySelectorAll(".unsent").forEach((line) => line.remove());
  showUnsent();
  toEnd();
  sendUnsent();
}

/* Files go at once and one by one; what is refused says why, and nothing else is lost. */
async function sendFile(file) {
  const body = new FormData();
  const note = form.elements.note && (form.elements.note.type === "hidden" || form.elements.note.checked) ? "1" : "";
  for (const [name, value] of Object.entries({ key: newKey(), text: "", note, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value })) body.append(name, value);
  body.append("file", file);
  const place = form.querySelector("[data-talk-file]");
  place.disabled = true;
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  place.disabled = false;
  problem(answer?.ok ? "" : answer?.status === 409 ? (await answer.json()).problem : words().offline);
  if (answer?.ok) refreshTalk();
}

if (form) {
  form.querySelector("[data-talk-file]")?.addEventListener("change", async (event) => {
    for (const file of [...event.target.files]) await sendFile(file);
    event.target.value = "";
  });
  form.elements.text.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length) return;
    event.preventDefault();
    files.forEach(sendFile);
  });
  const field = form.elements.text;
  field.value = storage.get("draft") || "";
  field.addEventListener("input", () => storage.set("draft", field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  showUnsent();
  sendUnsent();
  if (field.value) field.focus();
}

/* The queue, and how much is unread in the page's title. */
async function refreshQueue() {
  if (!queuePlace) return;
  const answer = await fetch(queuePlace.dataset.queue).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  queuePlace.innerHTML = await answer.text();
  countUnread();
}
function countUnread() {
  const unread = Number(queuePlace?.querySelector("[data-unread]")?.dataset.unread || 0);
  document.title = unread ? `(${unread}) ${titleOfPage}` : titleOfPage;
}
document.addEventListener("live", () => {
  refreshTalk();
  refreshQueue();
});
addEventListener("load", toEnd);
toEnd();
countUnread();
setInterval(() => {
  refreshTalk(); /* should a word of the stream ever be lost */
  refreshQueue();
}, 30000);
