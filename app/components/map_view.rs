//! The map: a custom element made by web/map-view.js. Attributes go in; its choices come out through a hidden input.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{settings::Settings, visit::Fix};
use serde_json::json;

/// A circle on the ground.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circle {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lng: f64,
    /// Metres.
    pub radius_m: f64,
}

/// A map of points, or of one pin that can be moved, by hand or by the arrow keys, and takes the circle along: `onmove`
/// hears where to. `points` is a JSON list and replaces all; `patch` is `{"seq":…,"points":[…],"gone":[…]}` and adds,
/// changes or takes away, or with `"all":true` replaces all, and `onpatched` hears which has been taken in; `trail` is a
/// list of positions. Without `fit` it stays at the whole country.
#[component]
pub fn MapView(
    id: String,
    label: String,
    #[props(default)] points: String,
    #[props(default)] patch: String,
    #[props(default)] trail: String,
    #[props(default)] selected: String,
    #[props(default)] me: Option<Fix>,
    #[props(default)] circle: Option<Circle>,
    #[props(default)] pin: Option<(f64, f64)>,
    #[props(default)] fit_key: String,
    #[props(default = true)] fit: bool,
    settings: Settings,
    onselect: EventHandler<String>,
    #[props(default)] onmove: EventHandler<(f64, f64)>,
    #[props(default)] onpatched: EventHandler<u64>,
) -> Element {
    let mut ready = use_signal(String::new);
    // Events fired before the page listens are lost; this makes the element say them again.
    use_effect(move || ready.set("yes".into()));
    let out = format!("{id}-out");
    let me =
        me.map(|fix| json!({ "lat": fix.lat, "lng": fix.lng, "accuracy_m": fix.accuracy_m }).to_string());
    let circle = circle.map(|c| json!({ "lat": c.lat, "lng": c.lng, "radius_m": c.radius_m }).to_string());
    let pin = pin.map(|(lat, lng)| json!({ "lat": lat, "lng": lng }).to_string());
    let strings = json!({
        "zoomIn": t!("map-zoom-in"), "zoomOut": t!("map-zoom-out"),
        "choose": t!("map-choose"), "points": t!("map-points"), "pin": t!("map-pin"),
    });
    rsx! {
        document::Stylesheet { href: asset!("/assets/generated/map.css") }
        document::Script {
            src: asset!("/assets/generated/map.js", AssetOptions::js().with_module(true).with_minify(false)),
            r#type: "module",
        }
        div { class: "map",
            map-view {
                id: "{id}",
                "data-base": asset!("/assets/generated/base.json"),
                "data-tiles": settings.map_tiles.clone().unwrap_or_default(),
                "data-attribution": if settings.map_tiles.is_some() { settings.map_attribution.clone() } else { String::new() },
                "data-points": "{points}",
                "data-patch": "{patch}",
                "data-trail": "{trail}",
                "data-selected": "{selected}",
                "data-me": me.unwrap_or_default(),
                "data-radius": circle.unwrap_or_default(),
                "data-drag": pin.unwrap_or_default(),
                "data-fit": if fit { "" } else { "none" },
                "data-fit-key": "{fit_key}",
                "data-label": "{label}",
                "data-strings": "{strings}",
                "data-out": "{out}",
                "data-ready": "{ready}",
            }
            input {
                id: "{out}",
                class: "map-view__out",
                r#type: "text",
                tabindex: "-1",
                "aria-hidden": "true",
                oninput: move |event| {
                    let said: serde_json::Value = serde_json::from_str(&event.value()).unwrap_or_default();
                    if let Some(id) = said["select"].as_str() {
                        onselect.call(id.to_owned());
                    }
                    if let Some(seq) = said["patched"].as_u64() {
                        onpatched.call(seq);
                    }
                    if let Some((lat, lng)) = said["moved"]["lat"].as_f64().zip(said["moved"]["lng"].as_f64()) {
                        onmove.call((lat, lng));
                    }
                },
            }
        }
    }
}
