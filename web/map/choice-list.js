// Points on one spot cannot be told apart on a map: a small list names them instead.
import L from "./leaflet.js";
import { pinIcon } from "./pins.js";

export class ChoiceList {
  constructor(map, onChoose) {
    this.map = map;
    this.onChoose = onChoose;
    this.panel = null;
  }

  open(marker, points, title) {
    this.close();
    const panel = document.createElement("div");
    panel.className = "map-choice";
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", title);
    const heading = document.createElement("p");
    heading.className = "map-choice__title";
    heading.textContent = title;
    const list = document.createElement("ul");
    for (const point of points) {
      const button = document.createElement("button");
      button.type = "button";
      const text = document.createElement("span");
      text.textContent = point.label || point.id;
      button.append(pinIcon(point, false), text);
      button.addEventListener("click", () => {
        this.close();
        this.onChoose(point.id);
      });
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    panel.append(heading, list);
    panel.addEventListener("keydown", (e) => this.onKey(e));
    panel.addEventListener("focusout", (e) => {
      if (this.panel === panel && e.relatedTarget && !panel.contains(e.relatedTarget)) this.close(false);
    });
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);

    this.panel = panel;
    this.opener = marker.getElement();
    this.map.getContainer().append(panel);
    this.place(marker);
    this.onMapClick = () => this.close(false);
    this.map.on("click", this.onMapClick);
    list.querySelector("button")?.focus({ preventScroll: true });
  }

  /** Beside the cluster, kept inside the map. */
  place(marker) {
    const at = this.map.latLngToContainerPoint(marker.getLatLng());
    const size = this.map.getSize();
    const { offsetWidth: w, offsetHeight: h } = this.panel;
    const below = at.y + 28 + h <= size.y - 8;
    const left = Math.max(8, Math.min(at.x - w / 2, size.x - w - 8));
    const top = Math.max(8, below ? at.y + 28 : at.y - 28 - h);
    this.panel.style.left = `${left}px`;
    this.panel.style.top = `${top}px`;
  }

  onKey(e) {
    const buttons = [...this.panel.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === "Escape") this.close();
    else if (step) buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
    else if (e.key === "Tab") return;
    e.stopPropagation(); // arrow keys would pan the map
    if (step || e.key === "Escape") e.preventDefault();
  }

  close(refocus = true) {
    if (!this.panel) return;
    const { panel, opener } = this;
    const hadFocus = panel.contains(document.activeElement);
    this.panel = null;
    this.map.off("click", this.onMapClick);
    panel.remove();
    if (refocus && hadFocus && opener?.isConnected) opener.focus({ preventScroll: true });
  }
}
