// What the chat page does beyond Gradio: footnotes open from their numbers, answers are copied with their sources,
// a new turn comes into view, and a screen reader hears what happens.
"use strict";

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const scrollTo = (element, block) => element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

function openFootnote(id) {
  const note = document.getElementById(id);
  if (!note) return;
  note.open = true;
  note.classList.remove("shown");
  void note.offsetWidth; // starts the animation again
  note.classList.add("shown");
  note.querySelector("summary").focus({ preventScroll: true });
  scrollTo(note, "nearest");
}

async function copy(button) {
  // Links to the source view are paths here; elsewhere they need the server's name.
  const text = button.dataset.copy.replace(/^\/source\/\S+$/gm, (path) => new URL(path, location.href).href);
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyByHand(text); // no clipboard without https
  }
  const label = button.textContent;
  button.textContent = done ? "Copied" : "Could not copy";
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

const box = () => document.querySelector("#question textarea");

document.addEventListener("click", (event) => {
  const target = event.target.closest("a.ref, a.back, a.skip, button.copy, #fresh");
  if (!target) return;
  if (target.matches("button.copy")) return void copy(target);
  if (target.matches("#fresh")) return void setTimeout(() => box()?.focus(), 50);
  event.preventDefault();
  const id = target.hash.slice(1);
  if (target.matches(".ref")) return openFootnote(id);
  const goal = target.matches(".skip") ? box() : document.getElementById(id);
  goal?.focus({ preventScroll: true });
  if (goal) scrollTo(goal, "center");
});

let shownTurn = "";
new MutationObserver(() => {
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
    if (turn) requestAnimationFrame(() => scrollTo(turn, "start"));
  }
}).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-turn"] });
