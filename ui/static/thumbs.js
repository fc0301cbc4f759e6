// What a person thinks of an answer: sent to the server, and kept with the conversation in this browser.
"use strict";

const rated = new Map(); // answer → {thumb, reason}: what was said on this page

// A conversation as it was kept, with what was said on this page. The server may write one that does not know of it yet.
function withThumbs(kept) {
  if (!kept || !rated.size) return kept;
  const conversation = JSON.parse(kept);
  for (const turn of conversation.turns) Object.assign(turn, rated.get(turn.answer.id));
  return JSON.stringify(conversation);
}

function showThumb(thumbs, thumb, asking) {
  for (const button of thumbs.querySelectorAll(".thumb")) button.setAttribute("aria-pressed", button.dataset.thumb === thumb);
  thumbs.querySelector(".reason").hidden = !asking;
}

async function rate(thumbs, thumb, reason = "") {
  const id = thumbs.dataset.answer;
  const before = thumbs.querySelector("[aria-pressed=true]")?.dataset.thumb ?? "";
  const told = thumbs.querySelector(".told");
  showThumb(thumbs, thumb, thumb === "down" && before !== "down");
  told.textContent = "";
  try {
    const sent = await fetch("api/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ answer_id: id, thumb, reason }),
    });
    if (!sent.ok) throw new Error(sent.statusText);
  } catch {
    showThumb(thumbs, before, false);
    told.textContent = words.not_rated;
    return say(told.textContent);
  }
  rated.set(id, { thumb, reason });
  keepThumbs(id);
  told.textContent = thumb ? words.rated : words.rated_back;
  say(told.textContent);
}

function keepThumbs(id) {
  const shelf = conversations();
  const known = shelf[currentId()];
  if (!known?.kept.includes(id)) return;
  store({ ...shelf, [currentId()]: { ...known, kept: withThumbs(known.kept) } });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.thumb");
  if (!button) return;
  const pressed = button.getAttribute("aria-pressed") === "true";
  void rate(button.closest(".thumbs"), pressed ? "" : button.dataset.thumb);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.reason")) return;
  event.preventDefault();
  const thumbs = event.target.closest(".thumbs");
  thumbs.querySelector(".down").focus(); // the line goes away
  void rate(thumbs, "down", event.target.querySelector("input").value.trim());
});
