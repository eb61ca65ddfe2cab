// The AmazonConnectSDK's channel: a MessagePort to the window that embeds this page, beside the
// conduit. The library asks here for what newer parts of Connect's API know: the state of the
// network, details of the instance. What this simulator does not know is answered as a CCP
// without that handler answers it, at once instead of by the library's timeout.
"use strict";

const sdk = {
  port: null,
  /** Who listens to what: topic's key → what the subscriber sent. */
  subscriptions: new Map(),
  /** Answers by command. */
  commands: {
    "agent/getNetworkConnectionStatus": () => networkStatus(),
    "contact/getInstanceDetails": () => ({ origin: location.origin, region: regionOf(agent) }),
  },

  /** Offers the channel. The parent answers on it, and each page offers its own. */
  open() {
    const { port1, port2 } = new MessageChannel();
    sdk.port = port1;
    port1.onmessage = ({ data }) => sdk.hear(data);
    window.parent.postMessage({ type: "cross-domain-adapter-init" }, "*", [port2]);
  },

  hear(message) {
    const { type, namespace, command, requestId, topic, handlerId } = message;
    if (type === "cross-domain-site-ready") {
      // No health checks: a page that is gone has closed its socket.
      sdk.say({ type: "acknowledge", connectionId: crypto.randomUUID(), status: { initialized: true, startTime: new Date() }, healthCheckInterval: 0 });
    } else if (type === "healthCheck") {
      sdk.say({ type: "healthCheckResponse", time: Date.now(), counter: message.counter });
    } else if (type === "subscribe") {
      sdk.subscriptions.set(topic.key, { topic, handlerId });
    } else if (type === "unsubscribe") {
      sdk.subscriptions.delete(topic.key);
    } else if (type === "request") {
      const answer = Object.hasOwn(sdk.commands, command)
        ? { isError: false, data: sdk.commands[command]() }
        : { isError: true, errorKey: "handlerNotFound", reason: `there is no ${command}`, details: {} };
      sdk.say({ type: "response", namespace, requestId, ...answer });
    }
  },

  say: (message) => sdk.port.postMessage(message),

  /** Tells the subscribers of a topic; whether it is one of this channel's. */
  publish(key, data) {
    if (!key.includes("/")) return false;
    const subscription = sdk.subscriptions.get(key);
    if (subscription) sdk.say({ type: "publish", ...subscription, data });
    return true;
  },
};

/** `us-west-2` of `arn:aws:connect:us-west-2:…`. */
function regionOf(update) {
  return update?.configuration.agentARN.split(":")[3] ?? null;
}
