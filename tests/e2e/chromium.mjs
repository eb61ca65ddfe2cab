// How the system's own Chromium is launched for journeys and benchmarks: CHROMIUM is its program,
// nothing is downloaded.

export const launchOptions = {
  executablePath: process.env.CHROMIUM,
  args: [
    // Chromium refuses its sandbox to root, which is what a container's user is.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
  ],
};
