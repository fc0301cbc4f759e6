// While a sync runs, fetch the page again every other second and show its new content.
"use strict";

async function refresh() {
  const shown = document.querySelector("main");
  if ("busy" in shown.dataset && !document.hidden && !shown.contains(document.activeElement)) {
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        shown.replaceWith(document.adoptNode(page.querySelector("main")));
      }
    } catch {
      // The server may be restarting: the next try will tell.
    }
  }
  setTimeout(refresh, 2000);
}

setTimeout(refresh, 2000);
