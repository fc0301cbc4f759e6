// The chat page inside the widget: it takes the colours of the page around it, and exchanges messages with that page.
// The server names the page's origin only where it is listed; with any other nothing is exchanged.
"use strict";

{
  const query = new URLSearchParams(location.search);
  const own = query.get("origin") === location.origin ? location.origin : "";
  const host = face.host || own;
  const root = document.documentElement;
  let greeting = "";

  const tell = (type, detail) => host && parent.postMessage({ footnoted: type, ...detail }, host);

  function paint(scheme) {
    if (scheme !== "dark" && scheme !== "light") return;
    root.dataset.scheme = scheme;
    document.body?.classList.toggle("dark", scheme === "dark");
  }

  const brand = query.get("brand") ?? "";
  if (/^#[0-9a-f]{6}$/i.test(brand)) {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(brand.slice(at, at + 2), 16));
    root.style.setProperty("--brand", brand);
    root.style.setProperty("--on-brand", red * 3 + green * 6 + blue > 1400 ? "#111" : "#fff");
  }
  paint(query.get("__theme"));

  // Gradio makes the page piece by piece: what needs a piece waits for it.
  const pending = [];
  function once(found, then) {
    const element = found();
    if (element) then(element);
    else pending.push([found, then]);
  }
  new MutationObserver(() => {
    for (const [found, then] of pending.splice(0)) once(found, then);
    const heading = document.querySelector("#welcome h2");
    if (greeting && heading && heading.textContent !== greeting) heading.textContent = greeting;
  }).observe(root, { childList: true, subtree: true });

  // Gradio may show its button before it heeds it: the question is sent until it is taken.
  function ask(text) {
    const { asking } = window.footnoted;
    let taken = false;
    window.footnoted.asking = (...given) => {
      taken = true;
      window.footnoted.asking = asking;
      return asking(...given);
    };
    const send = () => {
      if (taken) return;
      askFor(text);
      setTimeout(send, 500);
    };
    once(() => document.querySelector("#welcome .greeting, #turn .turn") && box() && document.getElementById("send"), send);
  }

  addEventListener("message", ({ origin, source, data }) => {
    if (!host || source !== parent || origin !== host || !data) return;
    if (data.footnoted === "look") {
      paint(data.scheme);
      greeting = String(data.greeting ?? "");
    }
    if (data.footnoted === "focus") once(box, (area) => area.focus());
    if (data.footnoted === "last") document.getElementById("send")?.focus();
    if (data.footnoted === "ask") ask(String(data.question ?? ""));
  });

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) tell("close");
  });

  document.addEventListener("footnoted-kept", ({ detail }) => {
    const { outcome, citations } = detail.turns.at(-1).answer;
    tell("answered", { outcome, footnotes: citations.length });
  });

  if (parent !== window) tell("here");
}
