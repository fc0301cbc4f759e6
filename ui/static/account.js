// The link by which a person signs in or out, beside the buttons at the top.
"use strict";

{
  const known = face.account === "somebody";
  const link = document.createElement("a");
  link.id = "account";
  link.href = known ? "/logout" : "/login";
  link.textContent = known ? words.sign_out : words.sign_in;
  if (known) link.onclick = () => { signingOut = true; };
  if (parent !== window) link.target = "_blank"; // providers are not shown in frames
  // Gradio makes the bar, and may make it again.
  new MutationObserver(() => {
    const bar = document.getElementById("bar");
    if (bar && !link.isConnected) bar.append(link);
  }).observe(document.documentElement, { childList: true, subtree: true });
}
