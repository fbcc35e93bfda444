//! Customers that may have been entered twice: compared side by side, said to be two, or made one.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{CustomerDetails, Location},
    duplicate::Duplicate,
    id::LocationId,
    page::Page,
};

use super::shell::use_me;
use crate::{
    api::{self, customers},
    components::{
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        show_more::{ShowMore, use_pages},
        title::{PageHead, PageTitle},
        toast::{use_action, use_teller},
    },
    i18n::{self, named},
    loaded::use_loaded,
    route::Route,
};

/// Pairs that may be one, the likeliest first.
#[component]
pub fn DuplicatesPage() -> Element {
    let mut first = use_loaded(|| customers::duplicates(None))?;
    rsx! {
        PageTitle { text: t!("duplicates") }
        div { class: "page",
            PageHead { title: t!("duplicates"), back: Route::customers(),
                p { class: "muted", {t!("duplicates-hint")} }
            }
            match first.now() {
                None => rsx! { Loading { rows: 6 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                Some(Ok(page)) => rsx! { Pairs { first: page } },
            }
        }
    }
}

#[component]
fn Pairs(first: Page<Duplicate>) -> Element {
    let (mut list, more) =
        use_pages(first, |cursor| async move { customers::duplicates(Some(&cursor)).await });
    // What is merged or dismissed is gone, and so is whatever else named the one that is no more.
    let mut settled = move |pair: (LocationId, LocationId), gone: Option<LocationId>| {
        list.write().items.retain(|other| {
            let ids = (other.one.id, other.other.id);
            ids != pair && gone.is_none_or(|gone| ids.0 != gone && ids.1 != gone)
        });
    };
    rsx! {
        if list.read().items.is_empty() {
            Empty { icon: Name::Check, title: t!("duplicates-none"), hint: t!("duplicates-none-hint") }
        }
        for pair in list.read().items.clone() {
            Pair {
                key: "{pair.one.id} {pair.other.id}",
                pair: pair.clone(),
                onsettled: move |gone| settled((pair.one.id, pair.other.id), gone),
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

#[component]
fn Pair(pair: Duplicate, onsettled: EventHandler<Option<LocationId>>) -> Element {
    let (me, teller) = (use_me(), use_teller());
    let (one, other) = (pair.one.id, pair.other.id);
    let mut compared = use_signal(|| None::<[CustomerDetails; 2]>);
    let mut keep = use_signal(|| one);
    let mut sure = use_signal(|| false);
    let compare = use_action(move |()| async move {
        let sides = [api::customer(one).await?, api::customer(other).await?];
        // Where more was done is likelier to be the one that stays.
        if sides[1].visits.len() > sides[0].visits.len() {
            keep.set(other);
        }
        compared.set(Some(sides));
        Ok(())
    });
    let dismiss = use_action(move |()| async move {
        customers::dismiss_duplicate(one, other).await?;
        teller.done(t!("duplicate-dismissed"));
        onsettled(None);
        Ok(())
    });
    let merge = use_action(move |()| async move {
        let gone = if keep() == one { other } else { one };
        let kept = customers::merge(gone, keep()).await?;
        teller.done(t!("duplicate-merged", name: kept.name));
        onsettled(Some(gone));
        Ok(())
    });
    let reasons = pair.reasons.iter().map(|reason| match reason.code() {
        "distance" => t!("likeness-distance", distance: i18n::distance(pair.distance_m)),
        code => named("likeness", code),
    });
    let name_of = |id: LocationId| if id == one { pair.one.name.clone() } else { pair.other.name.clone() };
    rsx! {
        section { class: "card done", "aria-label": "{pair.one.name} / {pair.other.name}",
            div { class: "task-head",
                for reason in reasons {
                    span { key: "{reason}", class: "badge status", "{reason}" }
                }
            }
            div { class: "two sides",
                Side { location: pair.one.clone(), details: compared().map(|[one, _]| one), keep, group: "keep-{one}-{other}" }
                Side { location: pair.other.clone(), details: compared().map(|[_, other]| other), keep, group: "keep-{one}-{other}" }
            }
            if me.role.manages() {
                if sure() {
                    p { class: "notice warn", role: "alert",
                        {t!("merge-sure", gone: name_of(if keep() == one { other } else { one }), kept: name_of(keep()))}
                    }
                    div { class: "person-actions",
                        button { class: "button", onclick: move |_| sure.set(false), {t!("cancel")} }
                        button { class: "button danger", onclick: move |_| merge(()), {t!("merge")} }
                    }
                } else if compared().is_some() {
                    div { class: "person-actions",
                        button { class: "button", onclick: move |_| dismiss(()), {t!("duplicate-dismiss")} }
                        button { class: "button primary", onclick: move |_| sure.set(true), {t!("merge")} }
                    }
                } else {
                    div { class: "person-actions",
                        button { class: "button", onclick: move |_| dismiss(()), {t!("duplicate-dismiss")} }
                        button { class: "button", onclick: move |_| compare(()),
                            Icon { name: Name::Copy }
                            {t!("compare")}
                        }
                    }
                }
            }
        }
    }
}

/// One of a pair; compared, it can be chosen to stay.
#[component]
fn Side(
    location: Location,
    details: Option<CustomerDetails>,
    keep: Signal<LocationId>,
    group: String,
) -> Element {
    let me = use_me();
    let zone = me.organisation.time_zone.clone();
    let id = location.id;
    let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    rsx! {
        div { class: "side",
            Link { to: Route::CustomerPage { id: id.to_string() }, strong { "{location.name}" } }
            dl { class: "facts",
                dt { {t!("company")} }
                dd { "{location.company.name}" }
                dt { {t!("address")} }
                dd { {or_none(&location.address_line())} }
                dt { {t!("phone")} }
                dd { {or_none(&location.phone)} }
                dt { {t!("status")} }
                dd { {named("location-status", location.status.code())} }
                if let Some(details) = &details {
                    dt { {t!("tax-id")} }
                    dd { if let Some(tax_id) = &details.company.tax_id { "{tax_id}" } else { "–" } }
                    dt { {t!("owner")} }
                    dd { if let Some(owner) = &details.owner { "{owner.name}" } else { "–" } }
                    dt { {t!("last-visit")} }
                    dd { if let Some(at) = details.last_visit_at { "{i18n::moment(at, &zone)}" } else { "–" } }
                    dt { {t!("contacts")} }
                    dd { {or_none(&details.contacts.iter().map(|contact| contact.name.as_str()).collect::<Vec<_>>().join(", "))} }
                }
            }
            if details.is_some() && me.role.manages() {
                label { class: "choice",
                    input { r#type: "radio", name: "{group}", checked: keep() == id, onchange: move |_| keep.set(id) }
                    span { {t!("merge-keep")} }
                }
            }
        }
    }
}
