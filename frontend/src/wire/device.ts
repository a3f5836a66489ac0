const KEY = "sv.device";

/** The browser and the system that a `User-Agent` speaks of, e.g. "Firefox on Windows"; of other programs their name. */
export function agentName(agent: string): string {
  const browser = /Edg\//.test(agent) ? "Edge" : /OPR\//.test(agent) ? "Opera" : /Firefox\//.test(agent) ? "Firefox" : /Chrom(e|ium)\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "";
  if (!browser) return agent.split(/[\s/(]/, 1)[0] ?? "";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Mac OS/.test(agent) ? "macOS" : /Windows/.test(agent) ? "Windows" : /Linux/.test(agent) ? "Linux" : "";
  return `${browser}${system ? ` on ${system}` : ""}`;
}

function describe(): string {
  // Two browsers of a household are two devices, so a short mark tells them apart.
  const mark = Math.floor(Math.random() * 46_656).toString(36).padStart(3, "0").toUpperCase();
  return `${agentName(navigator.userAgent) || "Browser"} ${mark}`;
}

/** What this browser is called in lists of devices; kept, so that it stays one device. */
export function deviceName(): string {
  let name = localStorage.getItem(KEY);
  if (!name) {
    name = describe();
    localStorage.setItem(KEY, name);
  }
  return name;
}
