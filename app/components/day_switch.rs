//! Going from day to day.

use chrono::{Days, NaiveDate};
use dioxus::prelude::*;
use dioxus_i18n::t;

use super::icon::{Icon, Name};
use crate::{i18n, route::Route};

/// The day shown, with the way to the one before and, for a day `past`, to the one after and to today. `to` gives a
/// day's address; today's is that of no date.
#[component]
pub fn DaySwitch(date: NaiveDate, past: bool, to: Callback<Option<NaiveDate>, Route>) -> Element {
    rsx! {
        div { class: "day-switch",
            Link { class: "button icon-only", "aria-label": t!("day-before"), to: to(date.checked_sub_days(Days::new(1))),
                Icon { name: Name::ChevronLeft }
            }
            time { datetime: "{date}", "{i18n::date(date)}" }
            if past {
                Link { class: "button icon-only", "aria-label": t!("day-after"), to: to(date.checked_add_days(Days::new(1))),
                    Icon { name: Name::ChevronRight }
                }
                Link { class: "button", to: to(None), {t!("today")} }
            }
        }
    }
}
