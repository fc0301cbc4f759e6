// The line to the server. When an answer breaks off, or a question cannot be sent, Gradio gives its page up and waits to
// load it anew, and what was typed is gone. Here it is told of an event that failed without a word, so that the page
// goes on, and a note says what happened.
//
// An answer that is stopped, or left for another conversation, ends here at once: Gradio would put off what is asked
// until the server has heard of it, forget to ask it then, and take what still comes of the answer for news.
"use strict";

{
  const plain = window.fetch.bind(window);
  const FAILED = []; // a message of no lines: Gradio shows nothing
  const open = new Set(); // events that the server has taken and not ended
  const left = new Set(); // those that nobody waits for any more
  const joining = new Map(); // the id of the event that was sent last, by what it calls, also of one yet to be sent
  let leaving; // the server's word that it has heard of the one that was left last
  let breaks = 0;

  window.fetch = async (target, options) => {
    const { pathname } = new URL(target instanceof Request ? target.url : target, location.href);
    const called = () => JSON.parse(options?.body ?? "{}").fn_index;
    if (pathname.endsWith("/queue/join")) return sent(renamed(target, options), called());
    if (pathname.endsWith("/queue/data")) return heard(await renamed(target, options));
    if (pathname.endsWith("/gradio_api/cancel")) {
      leaving = leave(renamed(target, options), joining.get(called()));
      return Response.json({});
    }
    if (pathname.endsWith("/gradio_api/reset")) return Response.json({}); // it does nothing there
    return plain(target, options);
  };

  // An event may be left before the server has taken it, and Gradio does not know its id then.
  async function leave(asking, sentLast) {
    const request = await asking;
    const known = await request.json();
    const event_id = known.event_id ?? (await sentLast);
    open.delete(event_id);
    left.add(event_id);
    const { url, method, headers } = request;
    await plain(url, { method, headers, body: JSON.stringify({ ...known, event_id }) }).catch(() => null);
  }

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

  async function sent(asking, called) {
    // The server stops whatever answer is under way, also one that was asked for after.
    const answered = Promise.all([asking, leaving]).then(([request]) => plain(request)).catch(() => null);
    const joined = answered.then((response) => (response?.ok ? response.clone().json() : {})).then(({ event_id }) => event_id, () => {});
    joining.set(called, joined);
    const response = await answered;
    if (response?.ok) {
      document.getElementById("lost")?.remove();
      const event_id = await joined;
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
    const encoder = new TextEncoder();
    let rest = "";
    let ended = false;
    const passed = (line) => {
      if (!line.startsWith("data:")) return line;
      const event = JSON.parse(line.slice(5));
      ended ||= event.msg === "close_stream";
      const over = event.msg === "process_completed";
      if (over) open.delete(event.event_id);
      if (!left.has(event.event_id)) return line;
      return over ? `data: ${JSON.stringify({ ...event, success: true, output: { data: [] } })}` : "";
    };
    const listen = (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      return encoder.encode(lines.map((line) => `${passed(line)}\n`).join(""));
    };
    return new ReadableStream({
      async pull(controller) {
        const { value, done, error } = reader ? await reader.read().catch((error) => ({ done: true, error })) : { done: true };
        if (!done) {
          return controller.enqueue(listen(decoder.decode(value, { stream: true })));
        }
        if (signal.aborted) return controller.error(error);
        if (!ended) {
          const events = [{ msg: "unexpected_error", message: FAILED, success: false }, { msg: "close_stream" }];
          const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
          controller.enqueue(encoder.encode(`\n\n${text}`));
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
