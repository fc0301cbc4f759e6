// The chat on another page: a button in a shadow root, and a frame of the chat that is loaded when it is first opened.
// An expression; the server calls it with the product's name and the words by language.
(face) => {
  "use strict";
  const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
  if (window.Footnoted) return void console.warn("Footnoted: the widget is on this page already.");
  const base = new URL(".", script.src);
  const given = script.dataset;
  const root = document.documentElement;
  const ended = new AbortController();
  const always = { signal: ended.signal };

  const tag = (given.lang || root.lang || navigator.language || "en").toLowerCase().split("-")[0];
  const lang = tag in face.words ? tag : "en";
  const words = face.words[lang];
  const title = given.title || face.name;
  const place = given.place || (getComputedStyle(root).direction === "rtl" ? "left" : "right");
  const colour = /^#[0-9a-f]{6}$/i.test(given.colour ?? "") ? given.colour : "";

  // ---- colours: those of the page around, unless one is asked for

  const lightness = (colour) => {
    const [red, green, blue, alpha = 1] = (colour.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return alpha > 0.5 ? (red * 3 + green * 6 + blue) / 2550 : NaN;
  };
  const darkened = matchMedia("(prefers-color-scheme: dark)");
  function scheme() {
    if (given.scheme === "dark" || given.scheme === "light") return given.scheme;
    for (const element of [document.body, root]) {
      const seen = element ? lightness(getComputedStyle(element).backgroundColor) : NaN;
      if (seen >= 0) return seen < 0.5 ? "dark" : "light";
    }
    const named = getComputedStyle(root).colorScheme;
    return named.includes("dark") && (darkened.matches || !named.includes("light")) ? "dark" : "light";
  }

  // ---- what is seen

  // By script, not in a <style>: a page's policy may bar those. Our important rules win over any of the page's.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial !important; position: fixed !important; inset: auto !important; z-index: 2147483647 !important;
      display: block !important; direction: ltr !important; bottom: 0 !important; ${place === "left" ? "left" : "right"}: 0 !important;
      font: 400 16px/1.4 system-ui, sans-serif !important; color-scheme: light !important; overflow: visible !important;
      --ground: #faf9f6; --ink: #1e1f1d; --line: #c9c6bc; --brand: ${colour || "#14524c"}; --on-brand: #fff }
    :host([scheme=dark]) { color-scheme: dark !important; --ground: #161817; --ink: #eceae4; --line: #4a504d;
      --brand: ${colour || "#86cfc4"}; --on-brand: #0d201d }
    :host([brand]) { --on-brand: ${colour && lightness(rgb(colour)) > 0.55 ? "#111" : "#fff"} }
    * { box-sizing: border-box }
    button { font: inherit; cursor: pointer; border: 1px solid transparent }
    button:focus-visible, a:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px }
    .launcher { display: flex; align-items: center; gap: 8px; margin: 20px; padding: 12px 18px; border-radius: 999px;
      background: var(--brand); color: var(--on-brand); font-weight: 600; box-shadow: 0 4px 16px #0004 }
    .open .launcher, .panel { display: none }
    .open .panel { display: flex; flex-direction: column; width: min(420px, calc(100vw - 40px)); height: min(680px, calc(100dvh - 40px));
      margin: 20px; overflow: hidden; border: 1px solid var(--line); border-radius: 14px; background: var(--ground); color: var(--ink);
      box-shadow: 0 12px 48px #0005 }
    header { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 6px 6px 6px 16px;
      background: var(--brand); color: var(--on-brand) }
    :host([scheme=dark]:not([brand])) header { background: #22302d; color: var(--ink) }
    h2 { margin: 0; font: inherit; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
    .close { flex: none; width: 36px; height: 36px; padding: 0; border-radius: 8px; background: none; color: inherit; font-size: 22px; line-height: 1 }
    .close:focus-visible { outline-color: currentColor; outline-offset: -4px }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: var(--ground) }
    .refused { margin: 0; padding: 24px }
    .refused a { color: inherit }
    @media (max-width: 480px) {
      .launcher { margin: 14px; padding: 14px }
      .launcher span { position: absolute; clip-path: inset(50%) }
      .open .panel { width: 100vw; height: 100dvh; margin: 0; border: 0; border-radius: 0 }
    }
    @media print { :host { display: none !important } }`);

  function rgb(hex) {
    return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join();
  }

  function make(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  const host = make("footnoted-widget");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  if (colour) host.setAttribute("brand", "");
  const launcher = make("button", { className: "launcher", type: "button" }, bubble(), make("span", {}, words.launcher));
  launcher.setAttribute("aria-haspopup", "dialog");
  const shut = make("button", { className: "close", type: "button" }, "×");
  shut.setAttribute("aria-label", words.close);
  const header = make("header", {}, make("h2", {}, title), shut);
  const panel = make("div", { className: "panel" }, header);
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", title);
  const box = make("div", { lang }, launcher, panel);
  shadow.append(box);

  function bubble() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(svg.namespaceURI, "path");
    for (const [name, value] of Object.entries({ width: 22, height: 22, viewBox: "0 0 24 24", "aria-hidden": true })) {
      svg.setAttribute(name, value);
    }
    path.setAttribute("fill", "currentColor");
    path.setAttribute("d", "M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-7l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z");
    svg.append(path);
    return svg;
  }

  // ---- the frame, and what is said to it and heard from it

  let frame = null;
  let here = false; // it has said that it may be shown
  let waiting = []; // what it is told once it is here
  let before = null; // what had the focus when the chat was opened

  function load() {
    const query = new URLSearchParams({ lang, origin: location.origin, here: location.origin + location.pathname, __theme: scheme(), brand: colour });
    if (given.token) query.set("token", given.token); // as it is now: the page may have put a newer one there
    // At both ends of the panel stands something that sends the focus around.
    const end = (goal) => make("div", { tabIndex: 0, onfocus: goal });
    const made = make("iframe", { title, src: `${base}embed?${query}`, allow: "clipboard-write", referrerPolicy: "origin" });
    made.addEventListener("load", () => setTimeout(judge, 3000, made), { once: true });
    frame = made;
    panel.prepend(end(() => (here ? (frame.focus(), tell("last")) : shut.focus())));
    panel.append(frame, end(() => shut.focus()));
  }

  function judge(made) {
    if (here || made !== frame || ended.signal.aborted) return;
    console.error(`Footnoted: ${base.origin} does not show its chat on ${location.origin}. Add this origin to server.origins in its footnoted.toml.`);
    const alone = make("a", { href: base.href, target: "_blank", rel: "noopener" }, words.open_alone);
    frame.replaceWith(make("p", { className: "refused" }, `${words.refused} `, alone));
    frame = null; // it may have been the server: opened the next time, it is tried again
  }

  function unload() {
    panel.replaceChildren(header);
    frame = null;
    here = false;
  }

  function tell(type, detail) {
    const message = { footnoted: type, ...detail };
    if (here) frame.contentWindow.postMessage(message, base.origin);
    else waiting.push(message);
  }

  const surroundings = () => tell("look", { scheme: scheme(), greeting: given.greeting ?? "" });
  const announce = (type, detail) => document.dispatchEvent(new CustomEvent(`footnoted:${type}`, { detail }));

  addEventListener("message", ({ origin, source, data }) => {
    if (!frame || origin !== base.origin || source !== frame.contentWindow) return;
    if (data?.footnoted === "here") {
      here = true;
      surroundings();
      for (const message of waiting.splice(0)) source.postMessage(message, base.origin);
    }
    if (data?.footnoted === "close") close();
    if (data?.footnoted === "answered") announce("answered", { outcome: data.outcome, footnotes: data.footnotes });
  }, always);

  // ---- open and closed

  const memory = `footnoted ${base}`;
  function remember(open) {
    try { sessionStorage.setItem(memory, open); } catch { /* it may be barred */ }
  }
  function remembered() {
    try { return sessionStorage.getItem(memory); } catch { return null; }
  }

  const isOpen = () => box.className === "open";

  function open(focus = true) {
    if (!isOpen()) {
      before = document.activeElement;
      box.className = "open";
      if (!frame) {
        unload();
        load();
      }
      if (here) surroundings();
      remember(true);
      announce("open");
    }
    if (focus) {
      shut.focus();
      if (here) frame.focus();
      tell("focus");
    }
  }

  function close() {
    if (!isOpen()) return;
    box.className = "";
    remember(false);
    (before && before !== document.body && before !== host && before.isConnected ? before : launcher).focus();
    announce("close");
  }

  function ask(question) {
    open();
    tell("ask", { question: String(question) });
  }

  function remove() {
    ended.abort();
    watcher.disconnect();
    host.remove();
    delete window.Footnoted;
  }

  launcher.onclick = () => open();
  shut.onclick = close;
  panel.onkeydown = (event) => { if (event.key === "Escape") close(); };

  function paint() {
    const now = scheme();
    if (host.getAttribute("scheme") === now) return;
    host.setAttribute("scheme", now);
    if (here) surroundings();
  }
  const watcher = new MutationObserver(() => {
    if (!host.isConnected) settle(); // a page that changes without being loaded anew has thrown it out
    paint();
  });
  const watched = { attributeFilter: ["class", "style", "data-theme", "data-bs-theme"] };
  darkened.addEventListener("change", paint, always);

  function settle() {
    document.body.append(host);
    // The top layer is above every z-index.
    host.popover = "manual";
    host.showPopover?.();
    watcher.disconnect();
    for (const element of [root, document.body]) watcher.observe(element, { childList: true, ...watched });
    if (frame) { // moved, a frame loads anew
      unload();
      if (isOpen()) load();
    }
  }

  function begin() {
    settle();
    paint();
    const kept = remembered();
    if (kept ? kept === "true" : "open" in given) open(false);
    announce("ready");
  }

  window.Footnoted = { open, close, ask, remove };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin, { once: true, ...always });
}
