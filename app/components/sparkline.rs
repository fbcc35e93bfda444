//! How a number went, as a line without axes.

use dioxus::prelude::*;

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 28.0;

/// The values from left to right, on a scale from 0; the last one is marked. `label` says what they are.
#[component]
pub fn Sparkline(label: String, values: Vec<u32>) -> Element {
    let most = f64::from(values.iter().copied().max().unwrap_or(0).max(1));
    let step = (WIDTH - 6.0) / (values.len().max(2) - 1) as f64;
    let at = |n: usize, value: u32| {
        (3.0 + step * n as f64, HEIGHT - 3.0 - (HEIGHT - 6.0) * f64::from(value) / most)
    };
    let line: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(n, value)| {
            let (x, y) = at(n, *value);
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let line = line.join(" ");
    let end = values.last().map(|value| at(values.len() - 1, *value));
    rsx! {
        svg { class: "sparkline", view_box: "0 0 {WIDTH} {HEIGHT}", width: WIDTH, height: HEIGHT, role: "img", "aria-label": "{label}",
            polyline { points: "{line}" }
            if let Some((x, y)) = end {
                circle { cx: x, cy: y, r: 2.5 }
            }
        }
    }
}
