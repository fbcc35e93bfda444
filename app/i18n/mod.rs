//! Languages. Every text of the pages stands in `assets/locales`, in each language under the same name.

use chrono::{DateTime, NaiveDate, Utc};
use dioxus::prelude::try_consume_context;
use dioxus_i18n::prelude::*;
use ekenko_domain::{
    choices::{Choice, Choices, Code, Outcome, Purpose},
    day::TimeZone,
    employee::{Calendar, Me},
};
use unic_langid::{LanguageIdentifier, langid};

use crate::platform;

/// English messages.
pub const EN: &str = include_str!("../../assets/locales/en.ftl");
/// Thai messages.
pub const TH: &str = include_str!("../../assets/locales/th.ftl");

/// The languages there are, with their own names.
pub const LANGUAGES: [(&str, &str); 2] = [("en", "English"), ("th", "ไทย")];

/// The first of the preferred languages that there is.
pub fn best(preferred: &[String]) -> String {
    preferred
        .iter()
        .filter_map(|tag| tag.split('-').next())
        .find(|tag| LANGUAGES.iter().any(|(known, _)| known == tag))
        .unwrap_or("en")
        .to_owned()
}

fn identifier(tag: &str) -> LanguageIdentifier {
    if tag == "th" { langid!("th") } else { langid!("en") }
}

/// Chooses the reader's language: the one chosen before, else the browser's. The server decides and the page agrees,
/// so that nothing changes under the reader's eyes.
pub fn use_languages() {
    let chosen = dioxus_fullstack_core::use_server_cached(|| best(&platform::languages()));
    use_init_i18n(|| {
        I18nConfig::new(identifier(&chosen))
            .with_fallback(langid!("en"))
            .with_locale(Locale::new_static(langid!("en"), EN))
            .with_locale(Locale::new_static(langid!("th"), TH))
    });
}

/// The language in use: `en` or `th`.
pub fn language() -> String {
    i18n().language().language.to_string()
}

/// Changes the language, here and at the next visit.
pub fn choose(tag: &str) {
    platform::keep_language(tag);
    platform::mark_language(tag);
    i18n().set_language(identifier(tag));
}

/// Takes the language this device prefers, on a page that no server rendered for it.
pub fn follow_device() {
    let tag = best(&platform::languages());
    platform::mark_language(&tag);
    i18n().set_language(identifier(&tag));
}

/// A message by a name made at run time, such as that of a code.
pub fn message(name: &str) -> String {
    i18n().try_translate(name).unwrap_or_else(|_| name.to_owned())
}

/// What is wrong with a field, in the reader's language; the server's own words when there are none.
pub fn reason(text: &str) -> String {
    let (name, number) = reason_name(text);
    match i18n().try_translate(&name) {
        Ok(translated) => translated.replace('#', &number),
        Err(_) => text.to_owned(),
    }
}

/// The message's name for a reason, and the number in it: "must be at most 200 characters" is
/// `why-must-be-at-most-n-characters` with 200.
fn reason_name(text: &str) -> (String, String) {
    let (mut name, mut number) = (String::from("why"), String::new());
    let words = text.split(':').next().unwrap_or_default();
    for word in words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        name.push('-');
        if word.chars().all(|c| c.is_ascii_digit()) {
            name.push('n');
            word.clone_into(&mut number);
        } else {
            name.push_str(&word.to_lowercase());
        }
    }
    (name, number)
}

/// The name of a code, such as that of a verdict.
pub fn named(kind: &str, code: &str) -> String {
    message(&format!("{kind}-{code}"))
}

/// Choices as `(code, name)`.
pub fn coded(kind: &str, codes: impl Iterator<Item = &'static str>) -> Vec<(String, String)> {
    codes.map(|code| (code.to_owned(), named(kind, code))).collect()
}

/// A purpose in the reader's words.
pub fn purpose(purpose: &Purpose) -> String {
    choice("purpose", purpose.code(), |choices| &choices.purposes)
}

/// An outcome in the reader's words.
pub fn outcome(outcome: &Outcome) -> String {
    choice("outcome", outcome.code(), |choices| &choices.outcomes)
}

/// The purposes offered, with their codes.
pub fn purposes() -> Vec<(String, String)> {
    offered(|choices| &choices.purposes, |code| purpose(&Purpose(code)))
}

/// The outcomes offered, with their codes.
pub fn outcomes() -> Vec<(String, String)> {
    offered(|choices| &choices.outcomes, |code| outcome(&Outcome(code)))
}

fn offered(list: impl Fn(&Choices) -> &Vec<Choice>, text: impl Fn(Code) -> String) -> Vec<(String, String)> {
    let choices = try_consume_context::<Choices>().unwrap_or_default();
    let active = list(&choices).iter().filter(|choice| choice.active);
    active.map(|choice| (choice.code.as_str().to_owned(), text(choice.code))).collect()
}

/// The name an admin gave a choice, else the built-in text.
fn choice(kind: &str, code: &str, list: impl Fn(&Choices) -> &Vec<Choice>) -> String {
    let given = try_consume_context::<Choices>().and_then(|choices| {
        let choice = list(&choices).iter().find(|choice| choice.code.as_str() == code)?;
        Some(choice.name.as_ref()?.as_str().to_owned())
    });
    given.unwrap_or_else(|| named(kind, code))
}

const EN_MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TH_MONTHS: [&str; 12] =
    ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."];
const EN_DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const TH_DAYS: [&str; 7] = ["จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส.", "อา."];

/// How the reader's organisation writes dates.
fn calendar() -> Calendar {
    try_consume_context::<Me>().map(|me| me.organisation.calendar).unwrap_or_default()
}

/// A date with its weekday, such as "Sat 21 Nov 2026".
pub fn date(date: NaiveDate) -> String {
    use chrono::Datelike;
    let (days, months) = if language() == "th" { (TH_DAYS, TH_MONTHS) } else { (EN_DAYS, EN_MONTHS) };
    let day = days[date.weekday().num_days_from_monday() as usize];
    format!("{day} {} {} {}", date.day(), months[date.month0() as usize], year(date))
}

/// The short name of a date's weekday, such as "Sat".
pub fn weekday(date: NaiveDate) -> String {
    use chrono::Datelike;
    let days = if language() == "th" { TH_DAYS } else { EN_DAYS };
    days[date.weekday().num_days_from_monday() as usize].to_owned()
}

/// A month and its year, such as "Nov 2026".
pub fn month(date: NaiveDate) -> String {
    use chrono::Datelike;
    let months = if language() == "th" { TH_MONTHS } else { EN_MONTHS };
    format!("{} {}", months[date.month0() as usize], year(date))
}

/// A date's year in the reader's calendar.
fn year(date: NaiveDate) -> String {
    use chrono::Datelike;
    match calendar() {
        Calendar::Gregorian => date.year().to_string(),
        Calendar::Buddhist if language() == "th" => (date.year() + 543).to_string(),
        Calendar::Buddhist => format!("{} BE", date.year() + 543),
    }
}

/// A time of day on the organisation's clock, such as "14:05".
pub fn time(at: DateTime<Utc>, zone: &TimeZone) -> String {
    platform::local(at, zone).format("%H:%M").to_string()
}

/// A whole number with its thousands apart.
pub fn number(n: impl TryInto<i64>) -> String {
    let digits = n.try_into().unwrap_or_default().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share from 0 to 1; a dash when there is none.
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{}%", (share * 100.0).round()))
}

/// A distance: metres below a kilometre, then kilometres.
pub fn distance(metres: f64) -> String {
    if metres < 1000.0 {
        format!("{} {}", metres.round(), message("unit-m"))
    } else if metres < 10_000.0 {
        format!("{:.1} {}", metres / 1000.0, message("unit-km"))
    } else {
        format!("{} {}", number((metres / 1000.0).round() as i64), message("unit-km"))
    }
}

/// A date and the time of day.
pub fn moment(at: DateTime<Utc>, zone: &TimeZone) -> String {
    format!("{} {}", date(platform::local(at, zone).date()), time(at, zone))
}

/// Hours, however many: sums of durations are compared, which days would hide.
pub fn hours(seconds: i64) -> String {
    format!("{} {}", number(seconds / 3600), message("unit-h"))
}

/// A duration: seconds below a minute, then minutes, hours and minutes, from two days on days.
pub fn duration(seconds: i64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    if minutes == 0 {
        format!("{seconds} {}", message("unit-s"))
    } else if hours == 0 {
        format!("{minutes} {}", message("unit-min"))
    } else if hours >= 48 {
        format!("{} {}", number(hours / 24), message("unit-days"))
    } else {
        format!("{hours} {} {} {}", message("unit-h"), minutes % 60, message("unit-min"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(ftl: &str) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        for line in ftl.lines().filter(|line| !line.starts_with([' ', '#', '}'])) {
            if let Some((name, _)) = line.split_once('=') {
                assert!(names.insert(name.trim()), "{name} is there twice");
            }
        }
        names
    }

    #[test]
    fn every_message_is_there_in_every_language() {
        let (en, th) = (names(EN), names(TH));
        assert!(en.len() > 50);
        assert_eq!(en.difference(&th).collect::<Vec<_>>(), Vec::<&&str>::new(), "missing in Thai");
        assert_eq!(th.difference(&en).collect::<Vec<_>>(), Vec::<&&str>::new(), "missing in English");
    }

    #[test]
    fn every_code_has_a_message() {
        use ekenko_domain::{
            task::{Priority, TaskStatus},
            visit::{Outcome, Purpose, Reason, Verdict},
        };
        let en = names(EN);
        let codes = Purpose::ALL
            .iter()
            .map(|c| format!("purpose-{}", c.code()))
            .chain(Outcome::ALL.iter().map(|c| format!("outcome-{}", c.code())))
            .chain(Verdict::ALL.iter().map(|c| format!("verdict-{}", c.code())))
            .chain(Reason::ALL.iter().map(|c| format!("reason-{}", c.code())));
        let codes = codes
            .chain(TaskStatus::ALL.iter().map(|c| format!("task-status-{}", c.code())))
            .chain(Priority::ALL.iter().map(|c| format!("priority-{}", c.code())));
        for code in codes {
            assert!(en.contains(code.as_str()), "{code}");
        }
    }

    #[test]
    fn every_message_the_pages_ask_for_is_in_the_catalogue() {
        let (en, mut asked) = (names(EN), 0);
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/app"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    let source = std::fs::read_to_string(&path).unwrap();
                    for (at, _) in source.match_indices("t!(\"") {
                        // Not the end of `format!("`.
                        let whole_word = !source[..at].ends_with(|c: char| c.is_alphanumeric());
                        let name = source[at + 4..].split('"').next().unwrap();
                        if whole_word && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                            asked += 1;
                            assert!(en.contains(name), "{}: {name}", path.display());
                        }
                    }
                }
            }
        }
        assert!(asked > 40, "only {asked} found");
    }

    #[test]
    fn every_reason_of_a_form_has_a_message() {
        use ekenko_domain::{tax_id::InvalidTaxId, text::InvalidText};
        let en = names(EN);
        let texts = [
            InvalidText::Empty,
            InvalidText::TooLong(200),
            InvalidText::Control,
            InvalidText::Zero,
            InvalidText::Email,
            InvalidText::TooShort(10),
        ];
        let ids = [InvalidTaxId::Digits, InvalidTaxId::Kind, InvalidTaxId::Checksum];
        for text in texts.iter().map(ToString::to_string).chain(ids.iter().map(ToString::to_string)) {
            let (name, _) = reason_name(&text);
            assert!(en.contains(name.as_str()), "{text}: {name}");
        }
        assert_eq!(
            reason_name("must be at most 200 characters"),
            ("why-must-be-at-most-n-characters".into(), "200".into())
        );
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1234567), "1,234,567");
        assert_eq!(number(-1000), "-1,000");
    }

    #[test]
    fn the_first_known_language_wins() {
        let tags = |tags: &[&str]| best(&tags.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        assert_eq!(tags(&["ko-KR", "th-TH", "en"]), "th");
        assert_eq!(tags(&["fr"]), "en");
    }
}
