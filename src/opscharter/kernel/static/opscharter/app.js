/* The page's own behaviour, one small room each; everything works again after htmx has exchanged a part. */
"use strict";

const html = document.documentElement;

/* Theme: follows the system unless a person chose. */
function applyTheme() {
  const chosen = localStorage.getItem("theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  html.dataset.bsTheme = dark ? "dark" : "light";
}
applyTheme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-act]");
  if (!target) return;
  const act = target.dataset.act;
  if (act === "theme") {
    localStorage.setItem("theme", html.dataset.bsTheme === "dark" ? "light" : "dark");
    applyTheme();
    document.dispatchEvent(new Event("theme"));
  } else if (act === "rail") {
    document.querySelector(".rail").classList.toggle("open");
  } else if (act === "find") {
    openPalette();
  } else if (act === "close-toast") {
    target.closest(".toast-line").remove();
  } else if (act === "fill") {
    document.querySelector("[name=login]").value = target.dataset.name;
    document.querySelector("[name=password]").value = target.dataset.password;
  } else if (act === "close-dialog") {
    target.closest("dialog").close();
  } else if (act === "print") {
    print();
  }
});

/* The rail closes on a click beside it and on Escape; drop-downs too. */
document.addEventListener("click", (event) => {
  const rail = document.querySelector(".rail.open");
  if (rail && !rail.contains(event.target) && !event.target.closest("[data-act=rail]")) rail.classList.remove("open");
  document.querySelectorAll("details.drop[open]").forEach((drop) => {
    if (!drop.contains(event.target)) drop.open = false;
  });
});

/* Palette: Ctrl-K or ⌘K anywhere, "/" for the list's own search or the palette. */
function openPalette() {
  const dialog = document.querySelector("dialog.palette");
  if (!dialog) return;
  dialog.showModal();
  dialog.querySelector("input").select();
}
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    const search = document.querySelector("main input[type=search]");
    search ? search.focus() : openPalette();
  } else if (event.key === "Escape") {
    document.querySelector(".rail.open")?.classList.remove("open");
    document.querySelectorAll("details.drop[open]").forEach((drop) => (drop.open = false));
  } else if (event.target.closest("dialog.palette") && ["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) {
    walk(event, [...document.querySelectorAll("dialog.palette li a")]);
  } else if (!typing && ["j", "k", "Enter"].includes(event.key) && !event.ctrlKey && !event.metaKey) {
    walkRows(event);
  }
});
function walk(event, links) {
  event.preventDefault();
  const at = links.findIndex((link) => link.classList.contains("on"));
  if (event.key === "Enter") return (links[at] || links[0])?.click();
  links[at]?.classList.remove("on");
  const next = links[(at + (event.key === "ArrowDown" ? 1 : -1) + links.length) % links.length];
  next?.classList.add("on");
  next?.scrollIntoView({ block: "nearest" });
}
function walkRows(event) {
  const rows = [...document.querySelectorAll("table.list tbody tr[data-url]")];
  if (!rows.length || event.target.closest("a, button")) return;
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

/* Lists: a click on a row opens it; ticks show the bulk bar. */
document.addEventListener("click", (event) => {
  const row = event.target.closest("table.list tbody tr[data-url]");
  if (row && !event.target.closest("a, button, input, label")) location.href = row.dataset.url;
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    document.querySelectorAll("table.list [name=id]").forEach((box) => (box.checked = event.target.checked));
  }
  if (event.target.matches("[data-all], table.list [name=id]")) {
    const count = document.querySelectorAll("table.list [name=id]:checked").length;
    const bar = document.querySelector(".bulk");
    bar?.classList.toggle("on", count > 0);
    const told = bar?.querySelector("[data-count]");
    if (told) told.textContent = count;
  }
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

/* Forms: leaving with unsaved changes warns; drafts survive an error or a lost session. */
let dirty = false;
const draftKey = (form) => `draft:${form.dataset.draft}`;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form) return;
  dirty = true;
  const kept = {};
  new FormData(form).forEach((value, name) => {
    if (typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "version") kept[name] = value;
  });
  sessionStorage.setItem(draftKey(form), JSON.stringify(kept));
});
document.addEventListener("submit", (event) => {
  dirty = false;
  if (event.target.dataset.confirm && !confirm(event.target.dataset.confirm)) event.preventDefault();
});
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
function restoreDraft(form) {
  const told = form.querySelector("[data-draft-note]");
  const text = sessionStorage.getItem(draftKey(form));
  if (!text || form.dataset.bound) return;
  const kept = JSON.parse(text);
  const differs = Object.entries(kept).some(([name, value]) => form.elements[name] && form.elements[name].value !== value);
  if (!differs || !told) return;
  told.hidden = false;
  told.querySelector("[data-restore]").onclick = () => {
    Object.entries(kept).forEach(([name, value]) => {
      const field = form.elements[name];
      if (!field) return;
      if (field.tomselect) field.tomselect.setValue(value);
      else field.value = value;
    });
    told.hidden = true;
  };
  told.querySelector("[data-forget]").onclick = () => {
    sessionStorage.removeItem(draftKey(form));
    told.hidden = true;
  };
}

/* Relations: options come as one types, within one's own scope. */
function dress(select) {
  if (select.tomselect) return;
  const url = select.dataset.optionsUrl;
  new TomSelect(select, {
    valueField: "value", labelField: "text", searchField: [], maxOptions: 50, preload: "focus", allowEmptyOption: true,
    plugins: select.multiple ? ["remove_button"] : ["clear_button"],
    score: () => () => 1,
    load: (query, done) =>
      fetch(`${url}&q=${encodeURIComponent(query)}`).then((answer) => answer.json()).then((data) => done(data.results)).catch(() => done()),
    shouldLoad: () => true,
  });
}

/* Times: deadlines count down while one looks. */
function countDown() {
  document.querySelectorAll("time[data-due]").forEach((mark) => {
    const left = (new Date(mark.dateTime) - Date.now()) / 1000;
    mark.classList.toggle("p-r", left < 0);
    mark.classList.toggle("p-a", left >= 0 && left < 3600);
  });
}
setInterval(countDown, 30000);

/* Charts: specs come as JSON beside their place; the target is always drawn and every point opens its records. */
function colour(name) {
  return getComputedStyle(html).getPropertyValue(name).trim();
}
function draw(place) {
  const spec = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const chart = echarts.getInstanceByDom(place) || echarts.init(place);
  const text = colour("--muted"), line = colour("--line");
  const base = {
    animation: false, grid: { left: 40, right: 16, top: 26, bottom: 24 }, tooltip: { trigger: "axis", confine: true },
    xAxis: { type: "category", data: spec.points.map((p) => p.x), axisLabel: { color: text, fontSize: 11 }, axisLine: { lineStyle: { color: line } } },
    yAxis: { type: "value", axisLabel: { color: text, fontSize: 11 }, splitLine: { lineStyle: { color: line } } },
  };
  if (spec.type === "share") {
    const low = Math.min(spec.target, ...spec.points.map((p) => p.y).filter((y) => y !== null));
    base.yAxis.max = 100;
    base.yAxis.min = Math.max(0, Math.floor((low - 3) / 5) * 5);
    base.series = [{
      type: "line", data: spec.points.map((p) => p.y), symbolSize: 8, lineStyle: { color: colour("--azurite") }, itemStyle: { color: colour("--azurite") },
      markLine: { silent: true, symbol: "none", label: { formatter: `${spec.target}`, color: "#c0392b", position: "insideEndTop" }, lineStyle: { color: "#c0392b", type: "dashed" }, data: [{ yAxis: spec.target }] },
    }];
  } else {
    base.legend = { right: 8, top: 0, itemHeight: 8, textStyle: { color: text, fontSize: 11 } };
    base.series = [
      { name: spec.bars, type: "bar", data: spec.points.map((p) => p.y), itemStyle: { color: colour("--azurite-line") } },
      { name: spec.line, type: "line", data: spec.points.map((p) => p.z), symbolSize: 6, lineStyle: { color: colour("--jade-fill") }, itemStyle: { color: colour("--jade-fill") } },
    ];
  }
  chart.setOption(base, true);
  chart.off("click");
  chart.on("click", (hit) => {
    const point = spec.points[hit.dataIndex];
    const url = hit.seriesType === "line" && point.lineUrl ? point.lineUrl : point.url;
    if (url) location.href = url;
  });
}
addEventListener("resize", () => document.querySelectorAll("[data-chart]").forEach((place) => echarts.getInstanceByDom(place)?.resize()));
document.addEventListener("theme", () => document.querySelectorAll("[data-chart]").forEach(draw));

function ready(root) {
  root.querySelectorAll("select[data-options-url]").forEach(dress);
  root.querySelectorAll("form[data-draft]").forEach(restoreDraft);
  root.querySelectorAll("[data-chart]").forEach(draw);
  const dialog = root.matches?.("dialog[data-open]") ? root : root.querySelector?.("dialog[data-open]");
  if (dialog && !dialog.open) dialog.showModal();
  countDown();
}
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-saved-draft]").forEach((mark) => sessionStorage.removeItem(`draft:${mark.dataset.savedDraft}`));
  ready(document);
});
document.addEventListener("htmx:afterSettle", (event) => ready(event.target));
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
