/* Forms: unsaved changes warn; what was typed survives an error or a lost session; relations fill as one types. */
"use strict";

const SENT = "draft-sent";
let unsaved = false;
const draftOf = (form) => `draft:${form.dataset.draft}`;

/* A draft is a list of [field, value, what the person saw]; the last is needed to show a chosen relation again. */
function keepDraft(form) {
  const kept = [];
  for (const field of form.elements) {
    if (!field.name || ["hidden", "file", "password", "submit"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) kept.push([field.name, field.value, field.checked]);
    else if (field.options) for (const option of field.selectedOptions) kept.push([field.name, option.value, option.text]);
    else kept.push([field.name, field.value, ""]);
  }
  sessionStorage.setItem(draftOf(form), JSON.stringify(kept));
}

function fieldsNamed(form, name) {
  const found = form.elements[name];
  return found ? (found instanceof RadioNodeList ? [...found] : [found]) : [];
}

function differs(form, kept) {
  return kept.some(([name, value, seen]) => fieldsNamed(form, name).some((field) => {
    if (["checkbox", "radio"].includes(field.type)) return field.value === value && field.checked !== seen;
    if (field.options) return value !== "" && ![...field.selectedOptions].some((option) => option.value === value);
    return field.value !== value;
  }));
}

function bringBack(form, kept) {
  const chosen = new Map();
  for (const [name, value, seen] of kept) {
    for (const field of fieldsNamed(form, name)) {
      if (["checkbox", "radio"].includes(field.type)) {
        if (field.value === value) field.checked = seen;
      } else if (field.options) {
        if (!chosen.has(field)) chosen.set(field, []);
        if (value) chosen.get(field).push({ value, text: seen });
      } else field.value = value;
    }
  }
  for (const [field, options] of chosen) {
    if (field.tomselect) {
      options.forEach((option) => field.tomselect.addOption(option));
      field.tomselect.setValue(options.map((option) => option.value));
    } else {
      for (const option of field.options) option.selected = options.some((each) => each.value === option.value);
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  if (form.dataset.autosave) keepOnServer(form, 0);
  else unsaved = true;
}

function offerDraft(form) {
  const kept = JSON.parse(sessionStorage.getItem(draftOf(form)) || "[]");
  if (form.dataset.bound || !differs(form, kept)) return;
  const note = form.querySelector("[data-draft-note]");
  if (!note) return bringBack(form, kept);
  note.hidden = false;
  note.querySelector("[data-restore]").onclick = () => {
    bringBack(form, kept);
    note.hidden = true;
  };
  note.querySelector("[data-forget]").onclick = () => {
    sessionStorage.removeItem(draftOf(form));
    note.hidden = true;
  };
}

/* A form that was sent needs its draft no longer, unless it comes back with errors or one must sign in first. */
function settleDrafts() {
  const sent = sessionStorage.getItem(SENT);
  if (!sent) return;
  sessionStorage.removeItem(SENT);
  const failed = document.querySelector("form[data-bound], .toast-line.error, [name=login], [data-error-page]");
  if (!failed) sessionStorage.removeItem(sent);
}

/* A form with data-autosave is kept by the server as one types; what it has not got yet survives in the browser. */
let waiting = null;
function keepOnServer(form, delay) {
  clearTimeout(waiting?.timer);
  const send = () => {
    waiting = null;
    const sent = sessionStorage.getItem(draftOf(form));
    fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), keepalive: true, headers: { "X-Kept-While-Typing": "1" } })
      .then((answer) => {
        if (answer.status === 204 && sessionStorage.getItem(draftOf(form)) === sent) sessionStorage.removeItem(draftOf(form));
      })
      .catch(() => {});
  };
  waiting = { timer: setTimeout(send, delay), send };
}
addEventListener("pagehide", () => {
  clearTimeout(waiting?.timer);
  waiting?.send();
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form) return;
  keepDraft(form);
  if (form.dataset.autosave) keepOnServer(form, 400);
  else unsaved = true;
});
document.addEventListener("submit", (event) => {
  unsaved = false;
  clearTimeout(waiting?.timer);
  waiting = null;
  if (event.target.dataset.draft) sessionStorage.setItem(SENT, draftOf(event.target));
});
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

/* The server searches, so every answer replaces the options shown before; an answer that comes late is dropped. */
function dress(select) {
  if (select.tomselect) return;
  const url = select.dataset.optionsUrl;
  let latest = "";
  new TomSelect(select, {
    valueField: "value",
    labelField: "text",
    searchField: [],
    maxOptions: 50,
    allowEmptyOption: true,
    plugins: select.multiple ? ["remove_button"] : ["clear_button"],
    score: () => () => 1,
    shouldLoad: () => true,
    onFocus() {
      this.load("");
    },
    load(query, done) {
      latest = query;
      fetch(`${url}&q=${encodeURIComponent(query)}`)
        .then((answer) => answer.json())
        .then((data) => {
          if (query !== latest) return done();
          this.clearOptions();
          done(data.results);
        })
        .catch(() => done());
    },
  });
}

/* A field that depends on another one's value is shown only while that value is chosen; the server judges by itself. */
function showAsked(root) {
  root.querySelectorAll("[data-asked-when]").forEach((input) => {
    const form = input.closest("form");
    const chosen = fieldsNamed(form, input.dataset.askedWhen).flatMap((field) =>
      ["checkbox", "radio"].includes(field.type) ? (field.checked ? [field.value] : []) : [field.value]);
    input.closest(".field").hidden = !chosen.includes(input.dataset.askedValue);
  });
}
document.addEventListener("input", (event) => event.target.form && showAsked(event.target.form));
