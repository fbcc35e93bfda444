//! Texts people type. They are kept byte for byte: nothing is trimmed or normalised behind their back.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than allowed; the limit counts Unicode characters.
    #[error("must be at most {0} characters")]
    TooLong(usize),
    /// A control character in a one-line text.
    #[error("must not contain control characters")]
    Control,
    /// The zero character, which PostgreSQL cannot store.
    #[error("must not contain the zero character")]
    Zero,
    /// Not of the form `name@host`.
    #[error("must be an e-mail address such as somchai@example.com")]
    Email,
    /// Too short to be safe.
    #[error("must be at least {0} characters")]
    TooShort(usize),
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text and keeps it as it is.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
                let check: fn(String) -> Result<String, InvalidText> = $check;
                check(text.into()).map(Self)
            }
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidText;
            fn try_from(text: String) -> Result<Self, InvalidText> {
                Self::parse(text)
            }
        }
        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn at_most(text: String, limit: usize) -> Result<String, InvalidText> {
    if text.chars().count() > limit { Err(InvalidText::TooLong(limit)) } else { Ok(text) }
}

fn one_line(text: String, limit: usize) -> Result<String, InvalidText> {
    if text.trim().is_empty() {
        Err(InvalidText::Empty)
    } else if text.chars().any(char::is_control) {
        Err(InvalidText::Control)
    } else {
        at_most(text, limit)
    }
}

text!(
    /// The name of a person, company or place: one line, 1 to 200 characters.
    Name, |text| one_line(text, 200)
);
text!(
    /// An address line or phone number: one line, 1 to 500 characters.
    Line, |text| one_line(text, 500)
);
text!(
    /// Free text of up to 4,000 characters; may be empty and may have several lines.
    Notes, |text| if text.contains('\0') { Err(InvalidText::Zero) } else { at_most(text, 4000) }
);
text!(
    /// An e-mail address in lower case, up to 254 characters (RFC 5321, 4.5.3.1.3).
    Email, |text| {
        let text = one_line(text.trim().to_lowercase(), 254)?;
        match text.split_once('@') {
            Some((user, host))
                if !user.is_empty() && host.len() > 2 && !host.contains('@') && !text.contains(char::is_whitespace) => Ok(text),
            _ => Err(InvalidText::Email),
        }
    }
);
text!(
    /// What may be searched for: up to 200 characters.
    Query, |text| if text.contains('\0') { Err(InvalidText::Zero) } else { at_most(text, 200) }
);
text!(
    /// A password someone chooses: 10 to 200 characters (length, not classes: NIST SP 800-63B, 5.1.1.2).
    NewPassword, |text| if text.chars().count() < 10 { Err(InvalidText::TooShort(10)) } else { at_most(text, 200) }
);

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}
macro_rules! debug_as_text {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )+};
}
debug_as_text!(Name, Line, Notes, Email, Query);

/// Reads a line that may be left empty, which is the same as left out; for `#[serde(deserialize_with = …)]`.
///
/// # Errors
/// What [`Line::parse`] refuses.
pub fn maybe_line<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Line>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.filter(|text| !text.trim().is_empty());
    text.map(Line::parse).transpose().map_err(serde::de::Error::custom)
}

/// The form of a text that searches compare: lower case, white space runs as one blank.
pub fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_every_byte() {
        for name in [" ร้านเจ๊หมวย ", "محل", "  x", "Ω≈ç√∫˜µ≤≥÷", "👩‍👩‍👧‍👦", "<script>alert(1)</script>"]
        {
            assert_eq!(Name::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_cannot_be_a_name_says_why() {
        assert_eq!(Name::parse("\u{3000} "), Err(InvalidText::Empty));
        assert_eq!(Name::parse("a\0b"), Err(InvalidText::Control));
        assert_eq!(Name::parse("ก".repeat(201)), Err(InvalidText::TooLong(200)));
        assert!(Name::parse("ก".repeat(200)).is_ok());
    }

    #[test]
    fn addresses_are_compared_in_lower_case() {
        assert_eq!(Email::parse(" Rep1@Ekenko.TEST ").unwrap().as_str(), "rep1@ekenko.test");
        for bad in ["", "a", "@b.c", "a@b", "a b@c.de", "a@b@c.de"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(format!("{:?}", NewPassword::parse("correct horse").unwrap()), "NewPassword(…)");
    }

    #[test]
    fn folding_ignores_case_and_spacing() {
        assert_eq!(fold("  7-Eleven\tสาขา  ลาดพร้าว "), "7-eleven สาขา ลาดพร้าว");
    }
}
