//! Visits as bars: how many, and how many of them are verified.

use dioxus::prelude::*;
use dioxus_i18n::t;

/// One bar: what it says when pointed at, its height and the part of it that is filled strongly.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Such as the date and its numbers.
    pub label: String,
    /// The whole.
    pub all: u32,
    /// The good part of it.
    pub good: u32,
}

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 120.0;

/// Bars side by side, on one scale; `label` says what they are.
#[component]
pub fn Bars(label: String, bars: Vec<Bar>) -> Element {
    let most = f64::from(bars.iter().map(|bar| bar.all).max().unwrap_or(0).max(1));
    let step = WIDTH / bars.len().max(1) as f64;
    rsx! {
        svg { class: "bars", view_box: "0 0 {WIDTH} {HEIGHT}", preserve_aspect_ratio: "none", role: "img", "aria-label": "{label}",
            for (n, bar) in bars.into_iter().enumerate() {
                g { key: "{n}",
                    title { "{bar.label}" }
                    // Pointed at above a low bar it says the same.
                    rect { class: "bar-ground", x: step * n as f64, y: 0, width: step, height: HEIGHT }
                    rect { class: "bar-all", x: step * n as f64 + step * 0.15, y: HEIGHT * (1.0 - f64::from(bar.all) / most), width: step * 0.7, height: HEIGHT * f64::from(bar.all) / most }
                    rect { class: "bar-good", x: step * n as f64 + step * 0.15, y: HEIGHT * (1.0 - f64::from(bar.good) / most), width: step * 0.7, height: HEIGHT * f64::from(bar.good) / most }
                }
            }
        }
    }
}

/// The visits of days or months from `first` to `last`, with what the colours mean.
#[component]
pub fn VisitsChart(first: String, last: String, bars: Vec<Bar>) -> Element {
    rsx! {
        div { class: "card chart",
            Bars { label: t!("visits-by-day"), bars }
            div { class: "chart-ends",
                span { "{first}" }
                span { "{last}" }
            }
            p { class: "muted legend",
                span { class: "key good" }
                {t!("number-verified")}
                span { class: "key" }
                {t!("other-visits")}
            }
        }
    }
}

/// A row's visits beside its number, on a scale that ends at `most`.
#[component]
pub fn Meter(all: u32, good: u32, most: u32) -> Element {
    let (all, good) = (100.0 * f64::from(all) / f64::from(most), 100.0 * f64::from(good) / f64::from(most));
    rsx! {
        svg { class: "meter", view_box: "0 0 100 4", preserve_aspect_ratio: "none", "aria-hidden": "true",
            rect { class: "bar-all", width: all, height: 4 }
            rect { class: "bar-good", width: good, height: 4 }
        }
    }
}
