// Hands what the identity provider has answered to the page of the desk that asked, and closes the
// window. A file of its own, because the Content-Security-Policy forbids inline scripts.

const { search, origin, pathname } = location;
// The code leaves the address, should the window stay.
history.replaceState(null, "", pathname);
// A pop-up's desk, or a hidden frame's.
const asker = window.opener ?? (window.parent === window ? null : window.parent);
if (asker) asker.postMessage(search, origin);
// Where the provider's page has cut the window off from its opener (COOP). Only pages of this origin
// hear it, and only the one that knows the state acts on it.
else new BroadcastChannel("desk.sign-in").postMessage(search);
window.close();
