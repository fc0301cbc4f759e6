// What the chat page does beyond Gradio: footnotes open from their numbers, answers are copied with their sources,
// a new turn comes into view, a screen reader hears what happens, the latest question can be asked again or changed.
// What is kept of it in the browser is in kept.js, the thumbs are in thumbs.js.
"use strict";

const face = JSON.parse(document.querySelector("meta[name=footnoted]").content);
const words = face.words;

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const reveal = (element, block) => element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

function openFootnote(id) {
  const note = document.getElementById(id);
  if (!note) return;
  note.open = true;
  note.classList.remove("shown");
  void note.offsetWidth; // starts the animation again
  note.classList.add("shown");
  note.querySelector("summary").focus({ preventScroll: true });
  reveal(note, "nearest");
}

// From one footnote to the next or the one before, through the whole conversation; at first to the latest answer's.
function stepFootnote(by) {
  const notes = [...document.querySelectorAll("#past .footnote, #turn .footnote")];
  const at = notes.indexOf(document.activeElement?.closest(".footnote"));
  const latest = notes.findIndex((note) => note.closest("#turn"));
  const goal = at < 0 ? notes.at(by > 0 ? Math.max(latest, 0) : -1) : notes[at + by];
  if (goal) openFootnote(goal.id);
}

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!event.altKey && !event.target.matches?.(".footnote summary")) return;
  event.preventDefault();
  stepFootnote(by);
});

async function copy(button) {
  // Links to the source view are paths here; elsewhere they need the server's name.
  const text = button.dataset.copy.replace(/^\/source\/\S+$/gm, (path) => new URL(path, location.href).href);
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyByHand(text); // no clipboard without https
  }
  const label = (button.dataset.label ??= button.textContent); // pressed twice, it says "Copied" already
  button.textContent = done ? words.copied : words.not_copied;
  say(button.textContent);
  setTimeout(() => { button.textContent = label; }, 2000);
}

function copyByHand(text) {
  const area = Object.assign(document.createElement("textarea"), { value: text });
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}

function say(text) {
  const region = document.querySelector("#spoken p") ?? document.getElementById("spoken");
  if (region) region.textContent = text;
}

// A note over the question box, one of a kind at a time.
function noteOver(id, text, ...more) {
  document.getElementById(id)?.remove();
  const made = Object.assign(document.createElement("p"), { id, className: "note", textContent: text });
  made.setAttribute("role", "alert");
  made.append(...more);
  document.getElementById("composer")?.append(made);
}

const box = () => document.querySelector("#question textarea");

document.addEventListener("click", (event) => {
  const target = event.target.closest("a.ref, a.back, a.skip, button.copy, button.again, button.edit, button.further, button.example, #fresh, #shelf-button");
  if (!target) return;
  if (event.detail > 1 && target.matches(".again, .further, .example")) return; // a double click asks once
  if (target.matches("button.copy")) return void copy(target);
  if (target.matches("button.again")) return void askFor(latestQuestion(), true);
  if (target.matches("button.edit")) return void change(target);
  if (target.matches(".further, .example")) return void askFor(target.textContent.trim());
  if (target.matches("#shelf-button")) return void openShelf();
  if (target.matches("#fresh")) return void setTimeout(() => box()?.focus(), 50);
  event.preventDefault();
  const id = target.hash.slice(1);
  if (target.matches(".ref")) return openFootnote(id);
  const goal = target.matches(".skip") ? box() : document.getElementById(id);
  goal?.focus({ preventScroll: true });
  if (goal) reveal(goal, "center");
});

// Gradio's boxes take words in when they are told of it.
function type(area, text) {
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const latestTurn = () => document.querySelector("#turn .turn");
const latestQuestion = () => latestTurn()?.querySelector(".question").textContent ?? "";
let chosen = ""; // a question to ask in place of what is in the box
let sent = ""; // what was in the box when Enter or the button was pressed
let asking = false; // a question is on its way to the server
let changing = false; // the next question takes the place of the latest
const stored = () => conversations()[currentId()]?.kept ?? "";
let next = stored() || null; // the conversation that the page is about to show; "": a new one

// A question that comes before the page shows what it is told to would stand beside it: it waits, but not for long.
let shown;
let showing;
const show = () => { showing ??= new Promise((done) => { shown = done; }); };
const soon = () => new Promise((done) => { setTimeout(done, 3000); });
if (next) show();

// A question that is sent during an answer waits in the box. When the answer ends, Gradio would ask whatever stands there.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target === box()) sent = box().value;
}, true);
document.addEventListener("click", (event) => {
  if (event.target.closest("#send")) sent = box().value;
}, true);

function askFor(question, inPlace = false) {
  chosen = question;
  changing = inPlace;
  document.getElementById("send").click();
}

function change() {
  changing = true;
  type(box(), latestQuestion());
  box().focus();
  say(words.editing);
}

document.addEventListener("input", (event) => {
  if (event.target === box() && !box().value) changing = false;
});

// Gradio calls these with what it is about to send, and sends what they give back.
window.footnoted = {
  async asking(question, kept) {
    if (asking) return new Promise(() => {}); // sent twice: never answered, it is not sent
    asking = true;
    const asked = chosen || (question === sent ? question : "");
    const known = parted(next ?? kept);
    const inPlace = changing;
    chosen = sent = "";
    changing = false;
    await Promise.race([showing, soon()]);
    showing = undefined;
    asking = false;
    const typed = asked === box().value ? "box" : "";
    return [asked, withThumbs(inPlace ? beforeLatest(known) : known), typed];
  },
  stopping(kept) {
    show();
    box().focus(); // the button that had it goes away
    return [latestQuestion(), withThumbs(beforeLatest(kept))];
  },
  keep(kept) {
    if (kept && next === "" && idOf(kept) === currentId()) return; // a last view of the one that was left
    if (next === "") setCurrent("");
    next = null;
    if (kept) keepConversation(withThumbs(kept));
  },
  resuming() {
    show();
    next = stored();
    return next;
  },
  // Nothing is left behind before the server has heard of it.
  begin() {
    show();
    next = "";
    if (changing) type(box(), "");
    leave();
    return "";
  },
  shown() {
    shown();
    showing = undefined;
  },
};

// What waits for the end of an answer is not asked in another conversation.
function leave() {
  chosen = sent = "";
  changing = false;
}

// The kept conversation without the turn that is the latest on the page, if that one is in it.
function beforeLatest(kept) {
  if (!kept || !latestTurn()?.matches("[data-kept]")) return kept;
  const conversation = JSON.parse(kept);
  conversation.turns.pop();
  return JSON.stringify(conversation);
}

// On paper every footnote shows its quote.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll(".footnote:not([open])")];
  for (const note of closed) note.open = true;
});
addEventListener("afterprint", () => {
  for (const note of closed) note.open = false;
});

let shownTurn = "";
let met = parent !== window; // a page around us decides itself when we get the focus
new MutationObserver(() => {
  if (!met && box()) {
    met = true;
    if (document.activeElement === document.body) box().focus();
  }
  const root = document.documentElement;
  if (root.lang !== face.language) root.lang = face.language; // Gradio names the browser's own
  const region = document.getElementById("spoken");
  if (region && !region.hasAttribute("role")) {
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    box()?.setAttribute("enterkeyhint", "send");
  }
  const turn = document.querySelector("#turn .turn");
  const number = turn?.dataset.turn ?? "";
  if (number !== shownTurn) {
    shownTurn = number;
    if (turn) requestAnimationFrame(() => reveal(turn, "start"));
  }
}).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-turn", "lang"] });
