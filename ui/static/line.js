// The line to the server. When an answer breaks off, or a question cannot be sent, Gradio gives its page up and waits to
// load it anew, and what was typed is gone. Here it is told of an event that failed without a word, so that the page
// goes on, and a note says what happened.
"use strict";

{
  const plain = window.fetch.bind(window);
  const FAILED = []; // a message of no lines: Gradio shows nothing
  const open = new Set(); // events that the server has taken and not ended
  let breaks = 0;

  window.fetch = async (target, options) => {
    const { pathname } = new URL(target instanceof Request ? target.url : target, location.href);
    if (pathname.endsWith("/queue/join")) return sent(await renamed(target, options));
    if (pathname.endsWith("/queue/data")) return heard(await renamed(target, options));
    if (pathname.endsWith("/gradio_api/cancel")) return plain(await renamed(target, options));
    return plain(target, options);
  };

  // After a break the page goes on under another name: to the old one a server may still send, not having noticed.
  async function renamed(target, options) {
    const request = new Request(target, options);
    if (!breaks) return request;
    const { method, headers, signal, credentials } = request;
    const url = new URL(request.url);
    const name = (session) => `${session}-${breaks}`;
    if (method === "GET") {
      url.searchParams.set("session_hash", name(url.searchParams.get("session_hash")));
      return new Request(url, { headers, signal, credentials });
    }
    const body = await request.json();
    if (body.session_hash) body.session_hash = name(body.session_hash);
    return new Request(url, { method, headers, signal, credentials, body: JSON.stringify(body) });
  }

  async function sent(request) {
    const response = await plain(request).catch(() => null);
    if (response?.ok) {
      document.getElementById("lost")?.remove();
      const { event_id } = await response.clone().json().catch(() => ({}));
      if (event_id) open.add(event_id);
      return response;
    }
    if ([401, 422].includes(response?.status)) return response; // who asks must sign in, or Gradio's own word
    noteOver("lost", response?.status === 413 ? words.line_full : words.line_down);
    return Response.json({ detail: FAILED }, { status: 422 });
  }

  async function heard(request) {
    const response = await plain(request).catch(() => null);
    if (response?.status === 401) return response;
    const headers = { "Content-Type": "text/event-stream" };
    return new Response(whole(response?.ok ? response.body : null, request.signal), { headers });
  }

  // A stream of events that always ends as Gradio expects: with an error for whoever waits, where it broke off.
  function whole(body, signal) {
    const reader = body?.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    let ended = false;
    const listen = (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith("data:")) continue;
        const { msg, event_id } = JSON.parse(line.slice(5));
        if (msg === "process_completed") open.delete(event_id);
        ended ||= msg === "close_stream";
      }
    };
    return new ReadableStream({
      async pull(controller) {
        const { value, done, error } = reader ? await reader.read().catch((error) => ({ done: true, error })) : { done: true };
        if (!done) {
          listen(decoder.decode(value, { stream: true }));
          return controller.enqueue(value);
        }
        if (signal.aborted) return controller.error(error);
        if (!ended) {
          const events = [{ msg: "unexpected_error", message: FAILED, success: false }, { msg: "close_stream" }];
          const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
          controller.enqueue(new TextEncoder().encode(`\n\n${text}`));
          broken();
        }
        controller.close();
      },
      cancel: (reason) => reader?.cancel(reason),
    });
  }

  function broken() {
    breaks += 1;
    const begun = document.querySelector("#turn .working .dots");
    const again = Object.assign(document.createElement("button"), { type: "button", className: "again", textContent: words.again });
    if (begun) noteOver("lost", `${words.line_lost} `, again);
    else if (open.size) noteOver("lost", words.line_down);
    open.clear();
  }
}
