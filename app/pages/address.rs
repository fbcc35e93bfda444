//! The fields of an address. A Thai one is found by any of its parts; any other is typed.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{address::Area, customer::Location};

use crate::{api::customers as api, components::form::TextField, i18n::language, platform};

/// Waits this long after the last key before asking, in milliseconds.
const TYPING_MS: u32 = 200;

/// An address that begins as `first` has it.
#[component]
pub fn AddressFields(first: Option<Location>) -> Element {
    let begin =
        |of: fn(&Location) -> &String| first.as_ref().map(|first| of(first).clone()).unwrap_or_default();
    let address = begin(|first| &first.address);
    let mut subdistrict = use_signal(|| begin(|first| &first.subdistrict));
    let mut district = use_signal(|| begin(|first| &first.district));
    let mut province = use_signal(|| begin(|first| &first.province));
    let mut postcode = use_signal(|| begin(|first| &first.postcode));
    let choose = move |area: Area| {
        subdistrict.set(area.subdistrict);
        district.set(area.district);
        province.set(area.province);
        postcode.set(area.postcode);
    };
    rsx! {
        TextField { label: t!("address"), name: "address", first: address, autocomplete: "off", maxlength: 200 }
        Finder { onchoose: choose }
        div { class: "two",
            TextField { label: t!("subdistrict"), name: "subdistrict", value: subdistrict, autocomplete: "off", maxlength: 200 }
            TextField { label: t!("district"), name: "district", value: district, autocomplete: "off", maxlength: 200 }
        }
        div { class: "two",
            TextField { label: t!("province"), name: "province", value: province, autocomplete: "off", maxlength: 200 }
            TextField { label: t!("postcode"), name: "postcode", value: postcode, "inputmode": "numeric", autocomplete: "off", maxlength: 200 }
        }
    }
}

fn line(area: &Area) -> String {
    let Area { subdistrict, district, province, postcode, .. } = area;
    format!("{subdistrict} {district} {province} {postcode}")
}

fn latin(area: &Area) -> String {
    format!("{}, {}, {}", area.subdistrict_en, area.district_en, area.province_en)
}

/// A combobox as ARIA has it: the focus stays in the field, arrows go through the list, Enter chooses.
#[component]
fn Finder(onchoose: EventHandler<Area>) -> Element {
    let mut typed = use_signal(String::new);
    let mut found = use_signal(Vec::<Area>::new);
    let mut at = use_signal(|| None::<usize>);
    let mut keys = use_signal(|| 0u32);
    let mut close = move || {
        found.set(Vec::new());
        at.set(None);
    };
    let mut choose = move |area: Area| {
        keys += 1;
        close();
        typed.set(String::new());
        onchoose(area);
    };
    let onkeydown = move |event: KeyboardEvent| {
        let last = found.read().len();
        if last == 0 {
            // Enter in the field of a list that is not there must not send the form.
            if event.key() == Key::Enter && !typed.read().is_empty() {
                event.prevent_default();
            }
            return;
        }
        match event.key() {
            Key::ArrowDown => at.set(Some(at().map_or(0, |at| (at + 1) % last))),
            Key::ArrowUp => at.set(Some(at().map_or(last - 1, |at| (at + last - 1) % last))),
            Key::Escape => close(),
            Key::Enter => {
                let area = found.read().get(at().unwrap_or(0)).cloned();
                if let Some(area) = area {
                    choose(area);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let open = !found.read().is_empty();
    let in_thai = language() == "th";
    rsx! {
        div { class: "field combobox",
            label {
                span { {t!("address-find")} }
                input {
                    r#type: "text", role: "combobox", autocomplete: "off", value: "{typed}", placeholder: t!("address-find-hint"),
                    "aria-expanded": if open { "true" } else { "false" }, "aria-controls": "address-list", "aria-autocomplete": "list",
                    "aria-activedescendant": at().map(|at| format!("address-{at}")),
                    onkeydown,
                    onblur: move |_| close(),
                    oninput: move |event| {
                        typed.set(event.value());
                        keys += 1;
                        let mine = keys();
                        spawn(async move {
                            platform::sleep(TYPING_MS).await;
                            if keys() != mine {
                                return;
                            }
                            let q = typed();
                            // Without an answer one types the four fields.
                            let areas = if q.trim().is_empty() { Vec::new() } else { api::addresses(&q).await.map(|page| page.items).unwrap_or_default() };
                            if keys() == mine {
                                at.set(None);
                                found.set(areas);
                            }
                        });
                    },
                }
            }
            ul { id: "address-list", class: "combobox-list", role: "listbox", "aria-label": t!("address-find"), hidden: !open,
                for (n, area) in found().into_iter().enumerate() {
                    li { key: "{line(&area)}", id: "address-{n}", role: "option", "aria-selected": if at() == Some(n) { "true" } else { "false" },
                        // Before the field loses the focus.
                        onmousedown: {
                            let area = area.clone();
                            move |event: MouseEvent| {
                                event.prevent_default();
                                choose(area.clone());
                            }
                        },
                        strong { "{line(&area)}" }
                        if !in_thai {
                            span { class: "muted", "{latin(&area)}" }
                        }
                    }
                }
            }
        }
    }
}
