/* Changes: the calendar by keyboard, the risk while it is assessed, the execution screen kept up to date and spoken. */
"use strict";

(() => {
  /* Calendar: arrows walk the changes, Page Up and Page Down turn the page, Home goes to today. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    if (!document.querySelector(".calendar")) return;
    const turn = document.querySelector(`[data-key="${event.key}"]`);
    if (turn) {
      event.preventDefault();
      turn.click();
    } else if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) {
      const links = [...document.querySelectorAll(".calendar a.ev:not(.on)")].filter((link) => link.offsetParent);
      if (!links.length) return;
      event.preventDefault();
      const at = links.indexOf(document.activeElement);
      const step = ["ArrowRight", "ArrowDown"].includes(event.key) ? 1 : -1;
      links[at < 0 ? 0 : (at + step + links.length) % links.length].focus();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.submit();
    const form = event.target.closest("form");
    if (form && event.target.matches("[name=likelihood], [name=impact]")) showRisk(form);
  });

  /* While likelihood and impact are chosen, their place in the matrix is shown. */
  function showRisk(form) {
    form.querySelectorAll("table.risk td.on").forEach((cell) => cell.classList.remove("on"));
    const [likelihood, impact] = ["likelihood", "impact"].map((name) => form.elements[name]?.value);
    if (likelihood && impact) form.querySelector(`.l${likelihood}.i${impact}`)?.classList.add("on");
  }

  /* The execution screen: what others do is shown unless one is typing, and the point of no return is said aloud. */
  const SPOKEN = [30, 15, 10, 5, 2, 1];
  function typing() {
    return [...document.querySelectorAll(".execution textarea, .execution input:not([type=hidden])")].some((each) => each.value) || document.querySelector(".execution details.reasoned[open]");
  }
  async function lookAgain(screen) {
    if (document.hidden || typing()) return;
    try {
      const answer = await fetch(`${location.pathname}?stamp=1`, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).stamp !== screen.dataset.stamp && !typing()) location.reload();
    } catch {
      /* Out of reach: the next look tells. */
    }
  }
  function announce(place, said) {
    const left = Math.ceil((new Date(place.dataset.point) - Date.now()) / 60000);
    const voice = place.querySelector("[data-announce]");
    place.classList.toggle("reached", left <= 0);
    const due = left <= 0 ? 0 : SPOKEN.includes(left) ? left : null;
    if (due === null || said.last === due) return;
    said.last = due;
    voice.textContent = due ? voice.dataset.near.replace("#", due) : voice.dataset.reached;
  }
  document.addEventListener("DOMContentLoaded", () => {
    const screen = document.querySelector(".execution[data-stamp]");
    if (!screen) return;
    setInterval(() => lookAgain(screen), 8000);
    const place = screen.querySelector("[data-point]");
    if (!place) return;
    const said = {};
    announce(place, said);
    setInterval(() => announce(place, said), 10000);
  });
})();
