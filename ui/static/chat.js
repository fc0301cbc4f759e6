// What the chat page does beyond Gradio: answers are copied with their sources, a new turn comes into view, a screen
// reader hears what happens, the latest question can be asked again or changed. What is kept of it in the browser is in
// kept.js, the footnotes are in footnotes.js, the thumbs in thumbs.js.
"use strict";

const face = JSON.parse(document.querySelector("meta[name=footnoted]").content);
const words = face.words;

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const reveal = (element, block) => element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

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
let asking = null; // the question that is on its way to the server
let held = ""; // it, where it stands in the box until the page shows that it was taken
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
  if (event.key === "Enter" && !event.isComposing && event.target === box()) sent = box().value;
}, true);
document.addEventListener("click", (event) => {
  if (event.target.closest("#send")) sent = box().value;
  if (event.target.closest("#stop, #fresh")) unsend(); // at each press: of two quick ones Gradio tells us one
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

const NOTHING = ["", ""]; // asks nothing of the server; no answer at all would leave Gradio waiting, an error shows one

// Gradio calls these with what it is about to send, and sends what they give back.
window.footnoted = {
  async asking(question, kept) {
    if (asking) { // sent twice
      chosen = "";
      changing = false;
      return NOTHING;
    }
    const mine = {};
    asking = mine;
    const typed = !chosen;
    const asked = chosen || (question === sent ? question : "");
    const known = parted(next ?? kept);
    const inPlace = changing;
    chosen = sent = "";
    changing = false;
    await Promise.race([showing, soon()]);
    if (asking !== mine) return NOTHING; // left while it waited
    showing = undefined;
    asking = null;
    const standing = box().value; // perhaps more than was sent
    held = standing === asked || (typed && standing.startsWith(asked)) ? asked : "";
    const before = withThumbs(inPlace ? beforeLatest(known) : known);
    if (asked) forgetFolds(before ? JSON.parse(before).turns.length + 1 : 1);
    return [asked, before];
  },
  // The first view of an answer: its question leaves the box, and what was typed after it stays there.
  taken() {
    if (!held || [...held.trim()].length > face.longest) return; // one that is too long is to be shortened
    if (box().value.startsWith(held)) {
      box().setRangeText("", 0, held.length, "preserve"); // with the caret where it is
      type(box(), box().value);
    }
    held = "";
  },
  // The turn that nobody waits for any more, and what is said of that; an answer that came meanwhile stays.
  stopped(turn, spoken) {
    box().focus(); // the button that had it goes away
    const page = Object.assign(document.createElement("template"), { innerHTML: turn });
    const left = page.content.querySelector(".turn:not([data-kept])");
    if (!left) return [turn, spoken];
    left.replaceChildren(left.querySelector(".question"));
    left.insertAdjacentHTML("beforeend", face.stopped);
    return [page.innerHTML, `<p>${words.stopped}</p>`];
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

// A question that the server has not taken yet is not asked after all, and stays in the box.
function unsend() {
  asking = null;
  held = "";
}

// What waits for the end of an answer is not asked in another conversation.
function leave() {
  unsend();
  folded.clear();
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

let draft = draftBefore();
let signingOut = false; // which clears what is kept here
function keepUnanswered() {
  const unanswered = document.querySelector("#turn .turn:not([data-kept])") ? latestQuestion() : "";
  keepDraft(signingOut ? "" : box()?.value || draft || unanswered);
}
addEventListener("pagehide", keepUnanswered);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) keepUnanswered(); // it may be thrown away without another word
  else keepDraft("");
});

let shownTurn = "";
let met = parent !== window; // a page around us decides itself when we get the focus
new MutationObserver((records) => {
  if (!met && box()) {
    met = true;
    if (document.activeElement === document.body) box().focus();
  }
  if (draft && box()) {
    type(box(), draft);
    draft = "";
  }
  const root = document.documentElement;
  if (root.lang !== face.language) root.lang = face.language; // Gradio names the browser's own
  const region = document.getElementById("spoken");
  if (region && !region.hasAttribute("role")) {
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    box()?.setAttribute("enterkeyhint", "send");
  }
  keepFolds(records);
  const turn = latestTurn();
  const question = turn?.querySelector(".question");
  if (question?.scrollHeight > question?.clientHeight) question.tabIndex = 0; // for a keyboard to scroll it
  const number = turn?.dataset.turn ?? "";
  if (number !== shownTurn) {
    shownTurn = number;
    if (turn) requestAnimationFrame(() => reveal(turn, "start"));
  }
}).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-turn", "lang", "open"] });
