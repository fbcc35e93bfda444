//! What the head of an exported report and its built-in choices are called in the reader's language.

use ekenko_domain::report::By;

/// A language exports can be in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Thai.
    Thai,
}

/// The texts of the pages, which name the built-in purposes and outcomes.
const PAGES: [&str; 2] =
    [include_str!("../../../assets/locales/en.ftl"), include_str!("../../../assets/locales/th.ftl")];

/// The columns behind the first, in the order [`super::sheet`] fills them.
const COLUMNS: [[&str; 2]; 17] = [
    ["Visits", "การเยี่ยม"],
    ["Visits with a check-out", "การเยี่ยมที่เช็กเอาต์"],
    ["On site (s)", "เวลาที่ร้าน (วินาที)"],
    ["Average on site (s)", "เวลาที่ร้านเฉลี่ย (วินาที)"],
    ["Verified", "ยืนยันแล้ว"],
    ["Out of range", "นอกระยะ"],
    ["Unverifiable", "ยืนยันไม่ได้"],
    ["Suspicious", "น่าสงสัย"],
    ["Rejected", "ไม่อนุมัติ"],
    ["Verified share", "สัดส่วนที่ยืนยันแล้ว"],
    ["Customers visited", "ลูกค้าที่เยี่ยมแล้ว"],
    ["Own customers", "ลูกค้าที่ดูแล"],
    ["Own customers visited", "ลูกค้าที่ดูแลและเยี่ยมแล้ว"],
    ["Coverage", "ความครอบคลุม"],
    ["Tasks due", "งานที่ถึงกำหนด"],
    ["Tasks on time", "งานที่เสร็จตามกำหนด"],
    ["On-time share", "สัดส่วนงานที่เสร็จตามกำหนด"],
];

impl Language {
    /// The one of an `Accept-Language` header that its sender likes best; English when there is none.
    pub fn of(header: &str) -> Self {
        let liked = |part: &str| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let language = match tag.trim().split('-').next()? {
                tag if tag.eq_ignore_ascii_case("th") => Self::Thai,
                tag if tag.eq_ignore_ascii_case("en") => Self::English,
                _ => return None,
            };
            let weight: f64 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            (weight > 0.0).then_some((language, weight))
        };
        let mut best: Option<(Self, f64)> = None;
        for (language, weight) in header.split(',').filter_map(liked) {
            if best.is_none_or(|(_, known)| weight > known) {
                best = Some((language, weight));
            }
        }
        best.map_or(Self::default(), |(language, _)| language)
    }

    /// The one of two texts that is in this language.
    pub(crate) fn pick(self, [english, thai]: [&'static str; 2]) -> &'static str {
        match self {
            Self::English => english,
            Self::Thai => thai,
        }
    }

    /// The head of a report's columns.
    pub fn head(self, by: By) -> Vec<&'static str> {
        let first = match by {
            By::Day => ["Date", "วันที่"],
            By::Month => ["Month", "เดือน"],
            By::Rep => ["Rep", "พนักงานขาย"],
            By::Team => ["Team", "ทีม"],
            By::Customer => ["Customer", "ลูกค้า"],
            By::Purpose => ["Purpose", "วัตถุประสงค์"],
            By::Outcome => ["Outcome", "ผลการเยี่ยม"],
        };
        [first].into_iter().chain(COLUMNS).map(|texts| self.pick(texts)).collect()
    }

    /// What a built-in purpose or outcome is called; its code when nobody named it.
    pub fn choice(self, by: By, code: &str) -> String {
        let name = format!("{}-{code}", if by == By::Purpose { "purpose" } else { "outcome" });
        let text = |line: &'static str| {
            let (known, text) = line.split_once('=')?;
            (known.trim() == name).then(|| text.trim().to_owned())
        };
        self.pick(PAGES).lines().find_map(text).unwrap_or_else(|| code.to_owned())
    }

    /// What the row of all is called.
    pub fn total(self) -> &'static str {
        self.pick(["Total", "รวม"])
    }

    /// What stands for visits nothing was told to have come of.
    pub fn untold(self) -> &'static str {
        self.pick(["Not told", "ยังไม่ระบุ"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ekenko_domain::visit::{Outcome, Purpose};

    #[test]
    fn the_language_liked_best_counts() {
        for (header, language) in [
            ("", Language::English),
            ("th", Language::Thai),
            ("th-TH,th;q=0.9,en;q=0.8", Language::Thai),
            ("en;q=0.5, TH;q=0.7", Language::Thai),
            ("de, en;q=0.1, th;q=0", Language::English),
            ("fr;q=x, thai, *", Language::English),
        ] {
            assert_eq!(Language::of(header), language, "{header}");
        }
    }

    #[test]
    fn every_built_in_choice_has_a_name() {
        for language in [Language::English, Language::Thai] {
            for code in Purpose::ALL.iter().map(Purpose::code) {
                assert_ne!(language.choice(By::Purpose, code), code);
            }
            for code in Outcome::ALL.iter().map(Outcome::code) {
                assert_ne!(language.choice(By::Outcome, code), code);
            }
        }
        assert_eq!(Language::Thai.choice(By::Purpose, "offer"), "เสนอสินค้า");
        assert_eq!(Language::English.choice(By::Outcome, "own_7"), "own_7");
    }
}
