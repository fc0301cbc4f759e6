// A frame that may be shown here, but not to this person: the widget around it is told that it has come.
"use strict";

if (document.body.dataset.host && parent !== window) parent.postMessage({ footnoted: "here" }, document.body.dataset.host);
