// What stands around the map: zoom buttons, the source line, the two-finger hint.

export class Chrome {
  constructor(map, root) {
    this.map = map;
    this.zoomIn = this.button("M9 3.5v11M3.5 9h11", () => map.zoomIn());
    this.zoomOut = this.button("M3.5 9h11", () => map.zoomOut());
    const zoom = document.createElement("div");
    zoom.className = "map-view__zoom";
    zoom.append(this.zoomIn, this.zoomOut);
    this.credit = document.createElement("div");
    this.credit.className = "map-view__credit";
    this.hint = document.createElement("div");
    this.hint.className = "map-view__hint";
    this.hint.setAttribute("aria-hidden", "true");
    root.append(zoom, this.credit, this.hint);
    map.on("zoomend", () => this.limits());
    this.limits();
  }

  button(path, onClick) {
    const button = document.createElement("button");
    button.type = "button";
    const template = document.createElement("template");
    template.innerHTML = `<svg viewBox="0 0 18 18" aria-hidden="true" focusable="false"><path d="${path}"/></svg>`;
    button.append(template.content);
    button.addEventListener("click", onClick);
    return button;
  }

  words({ zoomIn, zoomOut, gesture }) {
    for (const [button, text] of [[this.zoomIn, zoomIn], [this.zoomOut, zoomOut]]) {
      button.title = text;
      button.setAttribute("aria-label", text);
    }
    this.hint.textContent = gesture;
  }

  limits() {
    // aria-disabled, not disabled: a button that vanishes from under the focus loses the keyboard's place.
    this.zoomIn.setAttribute("aria-disabled", String(this.map.getZoom() >= this.map.getMaxZoom()));
    this.zoomOut.setAttribute("aria-disabled", String(this.map.getZoom() <= this.map.getMinZoom()));
  }

  showHint() {
    this.hint.classList.add("map-view__hint--shown");
    clearTimeout(this.hintTimer);
    this.hintTimer = setTimeout(() => this.hint.classList.remove("map-view__hint--shown"), 1200);
  }
}

/**
 * On a page that scrolls, one finger (or the wheel, until the map was clicked) belongs to the page; two fingers always
 * move the map. A map that fills the screen takes one finger too.
 */
export function shareGestures(map, chrome) {
  const container = map.getContainer();
  const abort = new AbortController();
  const touch = matchMedia("(pointer: coarse)");
  const options = { signal: abort.signal, passive: true };
  const pageScrolls = () => document.documentElement.scrollHeight > window.innerHeight + 40 && container.clientHeight < window.innerHeight * 0.8;

  const settle = () => {
    const shared = pageScrolls();
    map.dragging[shared && touch.matches ? "disable" : "enable"]();
    if (!shared) map.scrollWheelZoom.enable();
    else if (!container.contains(document.activeElement)) map.scrollWheelZoom.disable();
  };
  container.addEventListener("pointerdown", () => map.scrollWheelZoom.enable(), options);
  container.addEventListener("pointerleave", settle, options);
  container.addEventListener("focusout", settle, options);
  container.addEventListener("pointerenter", settle, options);
  container.addEventListener("touchstart", settle, options);
  container.addEventListener("touchmove", (e) => e.touches.length === 1 && !map.dragging.enabled() && chrome.showHint(), options);
  settle();
  return { settle, stop: () => abort.abort() };
}
