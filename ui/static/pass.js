// A frame that was opened with a host site's token goes on with a pass of this server's own. It goes along in a header,
// or in a form's body, so that neither the token nor the pass stands in the address of any later request.
"use strict";

{
  const address = new URL(location.href);
  address.searchParams.delete("token");
  history.replaceState(null, "", address);

  // Gradio sends its questions by fetch.
  const plain = window.fetch.bind(window);
  window.fetch = async (target, options = {}) => {
    const url = new URL(target instanceof Request ? target.url : target, location.href);
    if (url.origin !== location.origin) return plain(target, options);
    const headers = new Headers(options.headers ?? (target instanceof Request ? target.headers : {}));
    headers.set("X-Footnoted-Pass", face.pass);
    const response = await plain(target, { ...options, headers });
    if (response.status === 401) sayOver();
    return response;
  };

  function sayOver() {
    if (!document.getElementById("over")) noteOver("over", words.session_over);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="/source/"]');
    if (!link) return;
    event.preventDefault();
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: link.href, target: "_blank", hidden: true });
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "pass", value: face.pass }));
    document.body.append(form);
    form.submit();
    form.remove();
  });
}
