// Footnotes open from their numbers, and lead from one to the next; on paper all are open.
"use strict";

// Each view of a turn sets its footnotes as the server writes them: one that somebody opened or closed stays so.
const folded = new Map(); // a footnote's id → whether it is to be open
document.addEventListener("click", ({ target }) => {
  const note = target.closest(".footnote summary")?.parentNode;
  if (note) folded.set(note.id, !note.open);
});

function keepFolds(records) {
  if (closed.length) return; // it is being printed
  // A view changes more than this: the browser opened the footnote, for what somebody searched the page for.
  const found = records.every(({ attributeName }) => attributeName === "open");
  for (const [id, open] of folded) {
    const note = document.getElementById(id);
    if (!note || note.open === open) continue;
    if (found) folded.set(id, note.open);
    else note.open = open;
  }
}

// The next answer's footnotes stand as the server writes them.
function forgetFolds(turn) {
  for (const id of folded.keys()) if (id.startsWith(`fn-${turn}-`)) folded.delete(id);
}

function openFootnote(id) {
  const note = document.getElementById(id);
  if (!note) return;
  folded.set(id, true);
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

// On paper every footnote shows its quote.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll(".footnote:not([open])")];
  for (const note of closed) note.open = true;
});
addEventListener("afterprint", () => {
  for (const note of closed.splice(0)) note.open = false;
});
