const KEY = "sv.device";

function describe(): string {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent) ? "Edge" : /OPR\//.test(agent) ? "Opera" : /Firefox\//.test(agent) ? "Firefox" : /Chrom(e|ium)\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "Browser";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Mac OS/.test(agent) ? "macOS" : /Windows/.test(agent) ? "Windows" : /Linux/.test(agent) ? "Linux" : "";
  // Two browsers of a household are two devices, so a short mark tells them apart.
  const mark = Math.floor(Math.random() * 46_656).toString(36).padStart(3, "0").toUpperCase();
  return `${browser}${system ? ` on ${system}` : ""} ${mark}`;
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
