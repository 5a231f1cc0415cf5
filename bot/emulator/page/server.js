// What the page asks of the workspace's server.

const PROBLEMS = { timeout: "The app did not respond in time.", http_timeout: "The app did not respond in time.", no_connection: "The app is not connected.",
  http_error: "The app answered with an error.", connection_failed: "The app cannot be reached." };

/** An id of this browser window, which it keeps when it is loaded anew. */
export const thisWindow = windowId();

function windowId() {
  const again = performance.getEntriesByType("navigation")[0]?.type === "reload";
  const id = (again && sessionStorage.getItem("window")) || Math.random().toString(36).slice(2);
  sessionStorage.setItem("window", id);
  return id;
}

/** Do *deed*; resolves to what came of it, with a `problem` where it did not work. */
export async function ask(deed) {
  try {
    const response = await fetch("/page/do", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(deed) });
    return await response.json();
  } catch {
    return { problem: "The workspace on this machine has ended. Start it again." };
  }
}

/** A problem in words. */
export const sentenceFor = (problem) => PROBLEMS[problem] ?? problem;
