// The line to the server. When an answer breaks off, or a question cannot be sent, Gradio gives its page up and waits to
// load it anew, and what was typed is gone. Here it is told of an event that failed without a word, so that the page
// goes on, and a note says what happened.
"use strict";

{
  const plain = window.fetch.bind(window);
  const FAILED = []; // a message of no lines: Gradio shows nothing
  const NOTE = "lost";

  window.fetch = async (target, options) => {
    const { pathname } = new URL(target instanceof Request ? target.url : target, location.href);
    if (pathname.endsWith("/queue/join")) return sent(() => plain(target, options));
    if (pathname.endsWith("/queue/data")) return heard(() => plain(target, options), target.signal);
    return plain(target, options);
  };

  const away = (response) => [502, 503, 504].includes(response.status); // a proxy's word that nobody is behind it

  async function sent(send) {
    const response = await send().catch(() => null);
    if (response && !away(response)) {
      document.getElementById(NOTE)?.remove();
      return response;
    }
    note(words.line_down);
    return Response.json({ detail: FAILED }, { status: 422 });
  }

  async function heard(listen, signal) {
    const response = await listen().catch((error) => {
      if (signal?.aborted) throw error;
      return null;
    });
    if (response && !away(response) && !response.ok) return response;
    const headers = { "Content-Type": "text/event-stream" };
    return new Response(whole(response?.ok ? response.body : null, signal), { headers });
  }

  // A stream of events that always ends as Gradio expects: with an error for whoever waits, where it broke off.
  function whole(body, signal) {
    const reader = body?.getReader();
    const decoder = new TextDecoder();
    let latest = "";
    const ending = (controller) => {
      const events = [{ msg: "unexpected_error", message: FAILED, success: false }, { msg: "close_stream" }];
      const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
      controller.enqueue(new TextEncoder().encode(`\n\n${text}`));
      note(words.line_lost, true);
    };
    return new ReadableStream({
      async pull(controller) {
        const { value, done, error } = reader ? await reader.read().catch((error) => ({ done: true, error })) : { done: true };
        if (!done) {
          latest = (latest + decoder.decode(value, { stream: true })).slice(-200);
          return controller.enqueue(value);
        }
        if (signal?.aborted) return controller.error(error);
        if (!/"msg":\s*"close_stream"/.test(latest)) ending(controller);
        controller.close();
      },
      cancel: (reason) => reader?.cancel(reason),
    });
  }

  function note(text, again) {
    document.getElementById(NOTE)?.remove();
    const made = Object.assign(document.createElement("p"), { id: NOTE, className: "note", textContent: `${text} ` });
    made.setAttribute("role", "alert");
    if (again) made.append(Object.assign(document.createElement("button"), { type: "button", className: "again", textContent: words.again }));
    document.getElementById("composer")?.append(made);
  }
}
