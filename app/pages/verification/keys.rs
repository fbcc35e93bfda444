//! The keys of the desk.

use dioxus::prelude::*;
use dioxus_i18n::t;

use crate::components::icon::{Icon, Name};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// The case below.
    Next,
    /// The case above.
    Previous,
    /// Approve this one.
    Approve,
    /// Reject it, once a reason is typed.
    Reject,
    /// The list of keys.
    Help,
    /// Close what is open.
    Away,
}

impl Pressed {
    /// What a key asks for. Letters count where they lie: a Thai keyboard has its own on the same keys.
    pub fn read(event: &KeyboardEvent) -> Option<Self> {
        let with = event.modifiers();
        if event.is_auto_repeating() && !matches!(event.key(), Key::ArrowDown | Key::ArrowUp)
            || with.intersects(Modifiers::CONTROL | Modifiers::META | Modifiers::ALT)
        {
            return None;
        }
        match event.key() {
            Key::ArrowDown => return Some(Self::Next),
            Key::ArrowUp => return Some(Self::Previous),
            Key::Escape => return Some(Self::Away),
            Key::Character(text) if text == "?" => return Some(Self::Help),
            Key::Character(text) => {
                if let Some(pressed) = Self::letter(&text.to_lowercase()) {
                    return Some(pressed);
                }
                if text.is_ascii() {
                    return None;
                }
            }
            _ => return None,
        }
        match event.code() {
            Code::KeyJ => Some(Self::Next),
            Code::KeyK => Some(Self::Previous),
            Code::KeyA => Some(Self::Approve),
            Code::KeyR => Some(Self::Reject),
            Code::Slash if with.shift() => Some(Self::Help),
            _ => None,
        }
    }

    fn letter(text: &str) -> Option<Self> {
        match text {
            "j" => Some(Self::Next),
            "k" => Some(Self::Previous),
            "a" => Some(Self::Approve),
            "r" => Some(Self::Reject),
            _ => None,
        }
    }
}

/// What each key does.
#[component]
pub fn KeyList(onclose: EventHandler<()>) -> Element {
    let keys = [
        (["j", "↓"], t!("key-next")),
        (["k", "↑"], t!("key-previous")),
        (["a", ""], t!("key-approve")),
        (["r", ""], t!("key-reject")),
        (["?", ""], t!("key-help")),
    ];
    rsx! {
        section { class: "card key-list", "aria-label": t!("keys"),
            dl {
                for (names, what) in keys {
                    div { key: "{names[0]}",
                        dt {
                            for name in names.into_iter().filter(|name| !name.is_empty()) {
                                kbd { key: "{name}", "{name}" }
                            }
                        }
                        dd { {what} }
                    }
                }
            }
            button { class: "button quiet icon-only", "aria-label": t!("close"), onclick: move |_| onclose(()), Icon { name: Name::X, size: 16 } }
        }
    }
}
