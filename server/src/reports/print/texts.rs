//! What the page says, in the reader's language.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use ekenko_domain::{customer::Grade, employee::Calendar, report::By};

use super::Language;

/// The words of a language.
#[derive(Clone, Copy)]
pub struct Text(pub Language);

const MONTHS: [[&str; 2]; 12] = [
    ["January", "มกราคม"],
    ["February", "กุมภาพันธ์"],
    ["March", "มีนาคม"],
    ["April", "เมษายน"],
    ["May", "พฤษภาคม"],
    ["June", "มิถุนายน"],
    ["July", "กรกฎาคม"],
    ["August", "สิงหาคม"],
    ["September", "กันยายน"],
    ["October", "ตุลาคม"],
    ["November", "พฤศจิกายน"],
    ["December", "ธันวาคม"],
];
const VISITS: [&str; 2] = ["Visits", "การเยี่ยม"];
const VERIFIED: [&str; 2] = ["Verified", "ยืนยันแล้ว"];
const ON_SITE: [&str; 2] = ["On site (h:min)", "เวลาที่ร้าน (ชม.:นาที)"];
const AVERAGE: [&str; 2] = ["Average visit", "เฉลี่ยต่อครั้ง"];
const CUSTOMERS: [&str; 2] = ["Customers visited", "ลูกค้าที่เยี่ยม"];
const COVERAGE: [&str; 2] = ["Coverage", "ความครอบคลุม"];
const ON_TIME: [&str; 2] = ["Tasks on time", "งานตรงเวลา"];
const HEADLINE: [[&str; 2]; 6] = [VISITS, VERIFIED, AVERAGE, CUSTOMERS, COVERAGE, ON_TIME];

/// One phrase, as a method of the same name.
macro_rules! phrases {
    ($($name:ident = $english:literal, $thai:literal;)+) => {
        impl Text {
            $(pub fn $name(self) -> &'static str {
                self.0.pick([$english, $thai])
            })+
        }
    };
}
phrases! {
    tag = "en", "th";
    before = "Last month", "เดือนก่อน";
    chart = "Visits by day", "การเยี่ยมรายวัน";
    verified = "Verified", "ยืนยันแล้ว";
    others = "Other visits", "การเยี่ยมอื่น";
    all_teams = "All teams", "ทุกทีม";
    by_grade = "By grade of customer", "ตามเกรดลูกค้า";
}

impl Text {
    pub fn headline(self, n: usize) -> &'static str {
        HEADLINE.get(n).map_or("", |texts| self.0.pick(*texts))
    }

    /// The heading of a table.
    pub fn by(self, by: By) -> &'static str {
        self.0.pick(match by {
            By::Purpose => ["By purpose", "ตามวัตถุประสงค์"],
            By::Outcome => ["By outcome", "ตามผลการเยี่ยม"],
            _ => ["By rep", "ตามพนักงานขาย"],
        })
    }

    fn head(self, first: [&'static str; 2], others: &[[&'static str; 2]]) -> Vec<&'static str> {
        [first].iter().chain(others).map(|texts| self.0.pick(*texts)).collect()
    }

    pub fn long_head(self) -> Vec<&'static str> {
        let others = [VISITS, VERIFIED, ON_SITE, AVERAGE, CUSTOMERS, COVERAGE, ON_TIME];
        self.head(["Rep", "พนักงานขาย"], &others)
    }

    pub fn short_head(self, by: By) -> Vec<&'static str> {
        let first = if by == By::Purpose {
            ["Purpose", "วัตถุประสงค์"]
        } else {
            ["Outcome", "ผลการเยี่ยม"]
        };
        self.head(first, &[VISITS, VERIFIED, AVERAGE, CUSTOMERS])
    }

    pub fn grade_head(self) -> Vec<&'static str> {
        self.head(["Grade", "เกรด"], &[VISITS, VERIFIED, AVERAGE, CUSTOMERS, COVERAGE])
    }

    pub fn grade(self, grade: Option<Grade>) -> &'static str {
        self.0.pick(match grade {
            Some(Grade::A) => ["A", "A"],
            Some(Grade::B) => ["B", "B"],
            Some(Grade::C) => ["C", "C"],
            Some(Grade::D) => ["D", "D"],
            None => ["Ungraded", "ไม่ระบุเกรด"],
        })
    }

    fn month(self, date: NaiveDate, calendar: Calendar) -> String {
        let name = MONTHS.get(date.month0() as usize).map_or("", |texts| self.0.pick(*texts));
        let (year, buddhist) = (date.year(), date.year() + 543);
        match (calendar, self.0) {
            (Calendar::Gregorian, _) => format!("{name} {year}"),
            (Calendar::Buddhist, Language::Thai) => format!("{name} {buddhist}"),
            (Calendar::Buddhist, Language::English) => format!("{name} {buddhist} BE"),
        }
    }

    /// What the page is called.
    pub fn title(self, first: NaiveDate, calendar: Calendar) -> String {
        let month = self.month(first, calendar);
        match self.0 {
            Language::English => format!("Field visits in {month}"),
            Language::Thai => format!("รายงานการเยี่ยมลูกค้า เดือน{month}"),
        }
    }

    /// When the page was made.
    pub fn made(self, at: NaiveDateTime, calendar: Calendar) -> String {
        let (day, month, time) = (at.day(), self.month(at.date(), calendar), at.format("%H:%M"));
        match self.0 {
            Language::English => format!("Made on {day} {month} at {time}"),
            Language::Thai => format!("จัดทำเมื่อ {day} {month} เวลา {time} น."),
        }
    }
}

/// A whole number with its thousands apart.
pub fn number(n: u32) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share; a dash without one.
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{}%", (share * 100.0).round()))
}

/// Hours and minutes, such as `12:05`.
pub fn hours(seconds: i64) -> String {
    format!("{}:{:02}", number(u32::try_from(seconds / 3600).unwrap_or_default()), seconds / 60 % 60)
}

/// Minutes on average; a dash without a visit.
pub fn average(say: Text, seconds: Option<i64>) -> String {
    let unit = say.0.pick(["min", "นาที"]);
    seconds.map_or_else(|| "–".to_owned(), |seconds| format!("{} {unit}", seconds / 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_their_year_in_the_readers_calendar() {
        let first = "2026-11-01".parse().unwrap();
        let title = |language, calendar| Text(language).title(first, calendar);
        assert_eq!(title(Language::English, Calendar::Gregorian), "Field visits in November 2026");
        assert_eq!(title(Language::English, Calendar::Buddhist), "Field visits in November 2569 BE");
        assert_eq!(title(Language::Thai, Calendar::Buddhist), "รายงานการเยี่ยมลูกค้า เดือนพฤศจิกายน 2569");
        assert_eq!(title(Language::Thai, Calendar::Gregorian), "รายงานการเยี่ยมลูกค้า เดือนพฤศจิกายน 2026");
    }

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(
            (number(0), number(999), number(1_234_567)),
            ("0".into(), "999".into(), "1,234,567".into())
        );
        assert_eq!((percent(Some(0.126)), percent(None)), ("13%".into(), "–".into()));
        assert_eq!(
            (hours(0), hours(3_725), hours(7_200_060)),
            ("0:00".into(), "1:02".into(), "2,000:01".into())
        );
    }
}
