// Conversations kept in this browser: the list of them, to take one up again, rename, delete or export it.
// Nothing that is kept is put into the page as HTML: the server writes a conversation's turns anew, escaped.
"use strict";

// What one person kept is not shown to the next who signs in here: each has names of their own in the browser's store.
const { who } = JSON.parse(document.querySelector("meta[name=footnoted]").content);
const whose = who ? ` ${who}` : "";
const SHELF = `footnoted conversations${whose}`;
const CURRENT = `footnoted current${whose}`;
const EARLY = "footnoted draft"; // written before somebody signed in
const DRAFT = `${EARLY}${whose}`;
const MOST_KEPT = 50;

// {id: {title, changed (ms), kept (the server's JSON)}}. A browser may bar storage: then nothing is kept.
function conversations() {
  try {
    const sound = ([, { title, changed, kept }]) => title && changed > 0 && JSON.parse(kept).turns.length;
    return Object.fromEntries(Object.entries(JSON.parse(localStorage.getItem(SHELF)) ?? {}).filter(sound));
  } catch {
    return {};
  }
}

function store(shelf) {
  const newest = Object.entries(shelf).sort(([, a], [, b]) => b.changed - a.changed).slice(0, MOST_KEPT);
  while (newest.length) {
    try {
      return localStorage.setItem(SHELF, JSON.stringify(Object.fromEntries(newest)));
    } catch {
      newest.pop(); // it is full: the oldest goes
    }
  }
  try { localStorage.removeItem(SHELF); } catch { /* barred */ }
}

// A tab has its own current conversation, which a reload goes on with.
let current = (() => { try { return sessionStorage.getItem(CURRENT) ?? ""; } catch { return ""; } })();
const currentId = () => current;
function setCurrent(id) {
  current = id;
  try { sessionStorage.setItem(CURRENT, id); } catch { /* barred */ }
}

// What stood in the box, or was asked and not answered yet, when the page was left or loaded anew. It is taken once.
function draftBefore() {
  try {
    const [own, early] = [DRAFT, EARLY].map((key) => sessionStorage.getItem(key));
    for (const key of [DRAFT, EARLY]) sessionStorage.removeItem(key);
    return own || early || "";
  } catch {
    return "";
  }
}
function keepDraft(text) {
  try {
    sessionStorage.removeItem(DRAFT); // also where there is no room for the next
    if (text) sessionStorage.setItem(DRAFT, text);
  } catch { /* barred */ }
}

const deleted = new Set(); // on this page: one whose answer comes late is not kept after all

const idOf = (kept) => (kept ? JSON.parse(kept).id : "");

function keepConversation(kept) {
  const conversation = JSON.parse(kept);
  if (deleted.has(conversation.id)) return;
  const shelf = conversations();
  const known = shelf[conversation.id];
  setCurrent(conversation.id);
  if (known && JSON.stringify(JSON.parse(known.kept)) === JSON.stringify(conversation)) return;
  // The first question was changed, and the title with it, unless somebody gave one.
  const renewed = known && conversation.turns.length === 1 && known.title === titled(JSON.parse(known.kept));
  const title = known && !renewed ? known.title : titled(conversation);
  store({ ...shelf, [conversation.id]: { title, changed: Date.now(), kept } });
  document.dispatchEvent(new CustomEvent("footnoted-kept", { detail: conversation }));
}

const asked = (kept) => JSON.stringify(JSON.parse(kept).turns.map(({ question }) => question));

// A tab that was copied has the same conversation: once the other has gone on with it, this one goes on under its own id.
function parted(kept) {
  const known = conversations()[idOf(kept)]?.kept;
  if (!known || asked(known) === asked(kept)) return kept;
  return JSON.stringify({ ...JSON.parse(kept), id: Math.random().toString(16).slice(2) });
}

const titled = ({ turns: [{ question }] }) => question.slice(0, 80);

function takeUp(id) {
  leave();
  setCurrent(id);
  document.getElementById("resume").click();
}

// ---- the list

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const named = (text, title) => text.replace("{title}", title);

function tool(text, label, act, properties) {
  const made = element("button", { type: "button", textContent: text, onclick: act, ...properties });
  made.setAttribute("aria-label", label);
  return made;
}

function openShelf() {
  const list = element("ul", {});
  const close = element("button", { type: "button", textContent: words.close, onclick: () => dialog.close() });
  const heading = element("h2", { id: "shelf-title" }, words.conversations);
  const dialog = element("dialog", { id: "shelf" }, element("header", {}, heading, close), element("p", {}, words.kept_here), list);
  dialog.setAttribute("aria-labelledby", "shelf-title");
  dialog.addEventListener("close", () => { dialog.remove(); document.getElementById("shelf-button").focus(); });
  document.body.append(dialog);
  fill(list, dialog);
  dialog.showModal();
}

function fill(list, dialog) {
  const shelf = Object.entries(conversations()).sort(([, a], [, b]) => b.changed - a.changed);
  list.replaceChildren(...shelf.map(([id, { title, changed, kept }]) => {
    const when = new Date(changed);
    const row = element("li", {},
      tool(title, title, () => { dialog.close(); takeUp(id); }, { className: "name" }),
      element("time", { dateTime: when.toISOString() }, when.toLocaleDateString(face.language)),
      element("div", { className: "tools" },
        tool(words.rename, named(words.rename_this, title), () => rename(row, id, list, dialog)),
        tool(words.export, named(words.export_this, title), () => download(title, kept)),
        tool(words.delete, named(words.delete_this, title), (event) => remove(event.target, id, list, dialog))));
    if (id === currentId()) row.setAttribute("aria-current", "true");
    return row;
  }));
  if (!shelf.length) list.append(element("p", {}, words.none_kept));
}

function rename(row, id, list, dialog) {
  const shelf = conversations();
  const input = element("input", { value: shelf[id]?.title ?? "", maxLength: 80 });
  input.setAttribute("aria-label", named(words.rename_this, input.value));
  let left = false;
  const done = (keep) => {
    if (left) return;
    left = true;
    const title = input.value.trim();
    if (keep && title && shelf[id]) store({ ...shelf, [id]: { ...shelf[id], title } });
    fill(list, dialog);
  };
  input.onblur = () => done(true);
  input.onkeydown = (event) => {
    if (event.key === "Enter") done(true);
    if (event.key === "Escape") { event.preventDefault(); done(false); }
  };
  row.querySelector(".name").replaceWith(input);
  input.select();
}

function remove(button, id, list, dialog) {
  if (!button.matches(".sure")) {
    button.classList.add("sure");
    button.textContent = words.delete_sure;
    button.removeAttribute("aria-label");
    return;
  }
  deleted.add(id);
  const { [id]: _, ...rest } = conversations();
  store(rest);
  if (id === currentId()) takeUp("");
  fill(list, dialog);
  dialog.querySelector("header button").focus();
}

// ---- Markdown

const plain = (text) => text.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&").replace(/\s+/g, " ").replace(/^([-+]|\d+\.) /, "\\$1 ");
const address = (link) => new URL(link, location.href).href.replace(/[()<>\s]/g, encodeURIComponent);

function markdown(title, kept) {
  const lines = [`# ${plain(title)}`];
  for (const { question, answer } of JSON.parse(kept).turns) {
    lines.push(`## ${plain(question)}`);
    for (const { asked, read } of answer.respelt ?? []) {
      lines.push(plain(words.respelt.replace("{asked}", () => asked).replace("{read}", () => read)));
    }
    for (const { kind, text, citations, depth = 0 } of answer.statements) {
      const marks = citations.map((number) => ` \\[${number}\\]`).join("");
      const mark = kind === "item" || kind === "row" ? `${"  ".repeat(depth)}- ` : "";
      lines.push(`${mark}${plain(text)}${marks}`);
    }
    for (const note of answer.citations) {
      const page = note.page_number ? `, ${words.page_number.replace("{number}", note.page_number)}` : "";
      lines.push(`${note.number}. [${plain(note.title || note.url)}${page}](${address(note.link)}): “${plain(note.quote)}”`);
    }
  }
  return `${lines.join("\n\n")}\n`;
}

function download(title, kept) {
  const url = URL.createObjectURL(new Blob([markdown(title, kept)], { type: "text/markdown" }));
  element("a", { href: url, download: `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}.md` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
