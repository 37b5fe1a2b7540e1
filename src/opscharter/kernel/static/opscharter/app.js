/* The page's own behaviour: rail, palette, keys, lists, deadlines; everything works again after htmx has exchanged a part. */
"use strict";

const words = () => JSON.parse(document.getElementById("words").textContent);

/* What buttons with data-act do. */
const acts = {
  rail: () => toggleRail(!document.querySelector(".rail").classList.contains("open")),
  find: () => openPalette(),
  print: () => print(),
  "close-toast": (button) => button.closest(".toast-line").remove(),
  "close-dialog": (button) => button.closest("dialog").close(),
  fill: (button) => {
    document.querySelector("[name=login]").value = button.dataset.name;
    document.querySelector("[name=password]").value = button.dataset.password;
  },
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) acts[button.dataset.act](button);
});

/* The rail as a drawer on small screens; a click beside it or Escape closes it, and drop-downs too. */
function toggleRail(open) {
  const rail = document.querySelector(".rail");
  if (!rail) return;
  rail.classList.toggle("open", open);
  document.querySelectorAll("[data-act=rail]").forEach((button) => button.setAttribute("aria-expanded", String(open)));
  if (open) rail.querySelector("a").focus();
}
function closeDropsOutside(target) {
  document.querySelectorAll("details.drop[open]").forEach((drop) => {
    if (!target || !drop.contains(target)) drop.open = false;
  });
}
document.addEventListener("click", (event) => {
  const rail = document.querySelector(".rail.open");
  if (rail && !rail.contains(event.target) && !event.target.closest("[data-act=rail]")) toggleRail(false);
  closeDropsOutside(event.target);
});

/* Keys: Ctrl-K or ⌘K finds anything, "/" searches the list, j and k walk its rows, Enter opens one. */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  } else if (event.key === "Escape") {
    if (document.querySelector(".rail.open")) toggleRail(false);
    closeDropsOutside();
  } else if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (event.target.closest("dialog.palette")) {
    if (["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) walkPalette(event);
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    const search = document.querySelector("main input[type=search]");
    if (search) search.focus();
    else openPalette();
  } else if (!typing && ["j", "k", "Enter"].includes(event.key)) {
    walkRows(event);
  }
});

function openPalette() {
  const dialog = document.querySelector("dialog.palette");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector("input").select();
}
function walkPalette(event) {
  event.preventDefault();
  const links = [...document.querySelectorAll("dialog.palette li a")];
  const at = links.findIndex((link) => link.classList.contains("on"));
  if (event.key === "Enter") return (links[at] || links[0])?.click();
  links[at]?.classList.remove("on");
  const step = event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1;
  const next = links[(at + step + links.length) % links.length];
  next?.classList.add("on");
  next?.scrollIntoView({ block: "nearest" });
}

/* Lists: a click on a row opens it; ticks show the bulk bar. */
function walkRows(event) {
  const rows = [...document.querySelectorAll("table.list tbody tr[data-url]")];
  if (!rows.length || event.target.closest("a, button, summary, dialog")) return;
  const at = rows.findIndex((row) => row.classList.contains("on"));
  if (event.key === "Enter") {
    if (at >= 0) location.href = rows[at].dataset.url;
    return;
  }
  rows[at]?.classList.remove("on");
  const next = rows[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1)];
  next.classList.add("on");
  next.scrollIntoView({ block: "nearest" });
}
document.addEventListener("click", (event) => {
  const row = event.target.closest("table.list tbody tr[data-url]");
  if (!row || event.target.closest("a, button, input, label") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) open(row.dataset.url);
  else location.href = row.dataset.url;
});
document.addEventListener("change", (event) => {
  const boxes = [...document.querySelectorAll("table.list [name=id]")];
  if (event.target.matches("[data-all]")) boxes.forEach((box) => (box.checked = event.target.checked));
  if (event.target.matches("[data-all], table.list [name=id]")) countChosen(boxes);
});
function countChosen(boxes) {
  const count = boxes.filter((box) => box.checked).length;
  const bar = document.querySelector(".bulk");
  if (!bar) return;
  bar.classList.toggle("on", count > 0);
  bar.querySelector("[data-count]").textContent = count;
  const all = document.querySelector("[data-all]");
  all.checked = count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

/* Deadlines count down while one looks, in the words the server uses. */
function lengthOf(seconds, told) {
  const total = Math.floor(Math.abs(seconds));
  const parts = { d: Math.floor(total / 86400), h: Math.floor((total % 86400) / 3600), m: Math.floor((total % 3600) / 60), s: total };
  const pattern = total >= 86400 ? told.days : total >= 3600 ? told.hours : total >= 60 ? told.minutes : told.seconds;
  if (total < 86400) parts.h = Math.floor(total / 3600);
  return fill(pattern, parts);
}
function fill(pattern, parts) {
  return pattern.replace(/%\((\w+)\)s/g, (whole, name) => parts[name] ?? whole);
}
function countDown() {
  const marks = document.querySelectorAll("time[data-due]");
  if (!marks.length) return;
  const told = words();
  marks.forEach((mark) => {
    const left = (new Date(mark.dateTime) - Date.now()) / 1000;
    mark.classList.remove("p-r", "p-a", "p-n");
    mark.classList.add(left < 0 ? "p-r" : left < 3600 ? "p-a" : "p-n");
    mark.textContent = fill(left < 0 ? told.over : told.left, { time: lengthOf(left, told) });
  });
}
setInterval(countDown, 15000);

/* Toasts: good news goes by itself, the rest stays until it is read. */
function say(text, kind) {
  const line = document.createElement("div");
  line.className = `toast-line ${kind}`;
  line.textContent = text;
  document.querySelector(".toasts").append(line);
}
function passGoodNews() {
  document.querySelectorAll(".toast-line.success").forEach((line) => setTimeout(() => line.remove(), 8000));
}

function ready(root) {
  root.querySelectorAll("select[data-options-url]").forEach(dress);
  root.querySelectorAll("form[data-draft]").forEach(offerDraft);
  root.querySelectorAll("[data-chart]").forEach((place) => draw(place));
  showAsked(root);
  const dialog = root.querySelector("dialog[data-open]");
  if (dialog && !dialog.open) dialog.showModal();
  countDown();
}
document.addEventListener("DOMContentLoaded", () => {
  settleDrafts();
  ready(document);
  passGoodNews();
});
document.addEventListener("htmx:afterSettle", (event) => {
  ready(event.target);
  /* A card that comes after the page may be what the address points at. */
  if (location.hash.length > 1) event.target.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`)?.scrollIntoView();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:responseError", () => say(words().failed, "error"));
document.addEventListener("htmx:sendError", () => say(words().offline, "error"));
