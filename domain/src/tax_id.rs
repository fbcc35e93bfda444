//! Thai taxpayer numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is no taxpayer number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTaxId {
    /// Not 13 digits, blanks and hyphens aside.
    #[error("must have 13 digits")]
    Digits,
    /// No number begins so.
    #[error("must not begin with 9")]
    Kind,
    /// The last digit does not fit the others.
    #[error("is not a tax id: its last digit does not fit, so one of the digits is wrong")]
    Checksum,
}

/// A taxpayer number: 13 digits, the last a check digit. Companies' begin with 0 and are given by the Department of
/// Business Development, persons' begin with 1 to 8 and are their identity numbers; both check the same way
/// (Revenue Department; as python-stdnum's `th.tin` does).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaxId(String);

impl TaxId {
    /// Reads a number, with or without blanks and hyphens.
    pub fn parse(text: &str) -> Result<Self, InvalidTaxId> {
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits: Vec<u32> = plain.chars().filter(char::is_ascii).filter_map(|c| c.to_digit(10)).collect();
        if digits.len() != 13 || plain.len() != 13 {
            return Err(InvalidTaxId::Digits);
        }
        if digits[0] == 9 {
            return Err(InvalidTaxId::Kind);
        }
        let sum: u32 = digits[..12].iter().zip((2..=13).rev()).map(|(digit, weight)| digit * weight).sum();
        if (11 - sum % 11) % 10 == digits[12] { Ok(Self(plain)) } else { Err(InvalidTaxId::Checksum) }
    }

    /// The 13 digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = &self.0;
        write!(f, "{}-{}-{}-{}-{}", &d[..1], &d[1..5], &d[5..10], &d[10..12], &d[12..])
    }
}
impl TryFrom<String> for TaxId {
    type Error = InvalidTaxId;
    fn try_from(text: String) -> Result<Self, InvalidTaxId> {
        Self::parse(&text)
    }
}
impl From<TaxId> for String {
    fn from(id: TaxId) -> String {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_companies_and_persons_are_read() {
        // The examples of python-stdnum's th.moa and th.pin.
        for (text, shown) in [
            ("0994000617721", "0-9940-00617-72-1"),
            ("0-99-4-000-61772-1", "0-9940-00617-72-1"),
            (" 0 10 5 536 11201 4", "0-1055-36112-01-4"),
            ("1-2345-45678-78-1", "1-2345-45678-78-1"),
        ] {
            assert_eq!(TaxId::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_cannot_be_one_says_why() {
        assert_eq!(TaxId::parse("0994000617723"), Err(InvalidTaxId::Checksum));
        assert_eq!(TaxId::parse("9100600445635"), Err(InvalidTaxId::Kind));
        for short in
            ["", "099400061772", "09940006177211", "๐๙๙๔๐๐๐๖๑๗๗๒๑", "099400061772a", "0994000617721x"]
        {
            assert_eq!(TaxId::parse(short), Err(InvalidTaxId::Digits), "{short}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_found(number in "[0-8][0-9]{11}", at in 0usize..12, other in 0u32..10) {
            let fits = (0..10).find_map(|last| TaxId::parse(&format!("{number}{last}")).ok());
            let fits = String::from(fits.expect("one last digit fits"));
            let mut wrong: Vec<char> = fits.chars().collect();
            wrong[at] = char::from_digit(other, 10).unwrap();
            let wrong: String = wrong.into_iter().collect();
            // The third digit weighs 11, so nothing sees it; and cut to one digit, 0 and 10 fall together.
            if wrong != fits && let Ok(taken) = TaxId::parse(&wrong) {
                let sum = |text: &str| text.chars().take(12).zip((2..=13u32).rev()).map(|(c, w)| c.to_digit(10).unwrap() * w).sum::<u32>() % 11;
                let (one, two) = (sum(&fits), sum(taken.digits()));
                prop_assert!(at == 2 || (one.min(two), one.max(two)) == (0, 10), "{one} {two}");
            }
        }
    }
}
