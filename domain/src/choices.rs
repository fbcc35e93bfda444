//! What a visit was for and what came of it: lists of codes an admin can edit.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{problem::Problem, text::Name};

/// The longest code, in characters.
const LONGEST: usize = 40;

/// The stable code of a choice: 1 to 40 characters of a–z, 0–9 and _. The same in JSON, database and message names.
// Kept in place, filled up with zeros, so that it is copied like a value of an enum.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code([u8; LONGEST]);

/// The text cannot be a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 40 characters of a-z, 0-9 and _")]
pub struct InvalidCode;

impl Code {
    const fn of(text: &str) -> Self {
        let mut code = [0; LONGEST];
        code.split_at_mut(text.len()).0.copy_from_slice(text.as_bytes());
        Self(code)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl FromStr for Code {
    type Err = InvalidCode;
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        if (1..=LONGEST).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self::of(text))
        } else {
            Err(InvalidCode)
        }
    }
}
impl TryFrom<String> for Code {
    type Error = InvalidCode;
    fn try_from(text: String) -> Result<Self, InvalidCode> {
        text.parse()
    }
}
impl From<Code> for String {
    fn from(code: Code) -> String {
        code.as_str().to_owned()
    }
}
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// A list's own kind of code, with those that are built in.
macro_rules! open_codes {
    ($(#[$doc:meta])* $name:ident { $($built_in:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Code);

        #[allow(missing_docs)]
        impl $name {
            $(pub const $built_in: Self = Self(Code::of($code));)+
        }
        impl $name {
            /// Those built in, in the order lists show them.
            pub const ALL: &[Self] = &[$(Self::$built_in),+];

            /// The stable code: the same in JSON, database and message names.
            pub fn code(&self) -> &str {
                self.0.as_str()
            }
        }
    };
}

open_codes!(
    /// Why the rep is there.
    Purpose {
        OFFER = "offer",
        COLLECT = "collect",
        DELIVER = "deliver",
        SURVEY = "survey",
        COMPLAINT = "complaint",
        OTHER = "other",
    }
);
open_codes!(
    /// What came of it.
    Outcome {
        ORDERED = "ordered",
        NO_ORDER = "no_order",
        COLLECTED = "collected",
        DELIVERED = "delivered",
        CLOSED = "closed",
        ABSENT = "absent",
        OTHER = "other",
    }
);

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What visits carry; it never changes.
    pub code: Code,
    /// As written on the screen; `null` for the built-in text in the reader's language.
    #[serde(default)]
    pub name: Option<Name>,
    /// Whether it is offered. One that is not still names visits of the past.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// The most active choices of a list; the least is one.
pub const MOST_ACTIVE: usize = 30;
/// The most choices of a list, retired ones included.
pub const MOST_CHOICES: usize = 200;

/// `GET /choices` and `PUT /choices`: both lists in the order they are shown, retired choices last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// What a visit may be for.
    pub purposes: Vec<Choice>,
    /// What may come of it.
    pub outcomes: Vec<Choice>,
}

impl Default for Choices {
    /// What is built in.
    fn default() -> Self {
        let choice = |code| Choice { code, name: None, active: true };
        Self {
            purposes: Purpose::ALL.iter().map(|purpose| choice(purpose.0)).collect(),
            outcomes: Outcome::ALL.iter().map(|outcome| choice(outcome.0)).collect(),
        }
    }
}

impl Choices {
    /// Whether an admin may set these: each list with 1 to [`MOST_ACTIVE`] active choices and [`MOST_CHOICES`] at most,
    /// no code twice, and a name for whatever is not built in. The problem names the field, such as `purposes[2].name`.
    pub fn check(&self) -> Result<(), Problem> {
        let built_in = Self::default();
        check("purposes", &self.purposes, &built_in.purposes)?;
        check("outcomes", &self.outcomes, &built_in.outcomes)
    }

    /// These in the place of `known`: what was left out is retired behind the others.
    pub fn over(self, known: Self) -> Self {
        Self { purposes: over(self.purposes, known.purposes), outcomes: over(self.outcomes, known.outcomes) }
    }
}

fn check(list: &str, choices: &[Choice], built_in: &[Choice]) -> Result<(), Problem> {
    let active = choices.iter().filter(|choice| choice.active).count();
    if !(1..=MOST_ACTIVE).contains(&active) {
        return Err(Problem::invalid(list, format!("must have 1 to {MOST_ACTIVE} active choices")));
    }
    if choices.len() > MOST_CHOICES {
        let reason = format!("must have at most {MOST_CHOICES} choices, retired ones included");
        return Err(Problem::invalid(list, reason));
    }
    for (n, choice) in choices.iter().enumerate() {
        if choices[..n].iter().any(|before| before.code == choice.code) {
            return Err(Problem::invalid(&format!("{list}[{n}].code"), "is there twice"));
        }
        if choice.name.is_none() && built_in.iter().all(|known| known.code != choice.code) {
            return Err(Problem::invalid(&format!("{list}[{n}].name"), "must not be empty"));
        }
    }
    Ok(())
}

fn over(mut choices: Vec<Choice>, known: Vec<Choice>) -> Vec<Choice> {
    // Stable: each half keeps its order.
    choices.sort_by_key(|choice| !choice.active);
    for left_out in known {
        if choices.iter().all(|choice| choice.code != left_out.code) {
            choices.push(Choice { active: false, ..left_out });
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(code: &str, name: Option<&str>, active: bool) -> Choice {
        Choice { code: code.parse().unwrap(), name: name.map(|name| Name::parse(name).unwrap()), active }
    }

    #[test]
    fn a_code_is_its_text_in_json() {
        let longest = "a_0".repeat(13) + "z";
        for text in ["a", "offer", "_", "0", &longest] {
            let code: Code = text.parse().unwrap();
            assert_eq!(code.as_str(), text);
            assert_eq!(serde_json::to_value(code).unwrap(), text);
            assert_eq!(serde_json::from_value::<Code>(text.into()).unwrap(), code);
        }
        let too_long = "a".repeat(41);
        for bad in ["", "Offer", "a b", "a-b", "ก", "a\0", &too_long] {
            assert_eq!(bad.parse::<Code>(), Err(InvalidCode), "{bad}");
        }
        let error = serde_json::from_str::<Purpose>("\"Offer\"").unwrap_err();
        assert_eq!(error.to_string(), "must be 1 to 40 characters of a-z, 0-9 and _");
    }

    #[test]
    fn what_is_built_in_reads_as_it_always_did() {
        let codes = |list: &[Choice]| list.iter().map(|c| String::from(c.code)).collect::<Vec<_>>();
        let built_in = Choices::default();
        assert_eq!(
            codes(&built_in.purposes),
            ["offer", "collect", "deliver", "survey", "complaint", "other"]
        );
        assert_eq!(
            codes(&built_in.outcomes),
            ["ordered", "no_order", "collected", "delivered", "closed", "absent", "other"]
        );
        assert_eq!(built_in.check(), Ok(()));
    }

    #[test]
    fn a_list_that_cannot_be_names_the_field() {
        let of = |purposes: Vec<Choice>| {
            let refused = Choices { purposes, ..Choices::default() }.check().unwrap_err();
            refused.errors[0].field.clone()
        };
        let many = |n: usize, active| {
            (0..n).map(move |n| choice(&format!("own_{n}"), Some("x"), active)).collect::<Vec<_>>()
        };
        let first = || vec![choice("offer", None, true)];
        assert_eq!(of(vec![]), "purposes");
        assert_eq!(of(vec![choice("offer", None, false)]), "purposes");
        assert_eq!(of(many(31, true)), "purposes");
        assert_eq!(of([first(), many(200, false)].concat()), "purposes");
        assert_eq!(of([first(), first()].concat()), "purposes[1].code");
        // Built in among outcomes only.
        assert_eq!(of([first(), vec![choice("ordered", None, true)]].concat()), "purposes[1].name");
        let most = Choices {
            purposes: [many(30, true), many(200, false).split_off(30)].concat(),
            ..Choices::default()
        };
        assert_eq!(most.check(), Ok(()));
    }

    #[test]
    fn what_is_left_out_is_retired_behind_the_others() {
        let known = Choices {
            purposes: vec![
                choice("offer", None, true),
                choice("gift", Some("ของขวัญ"), true),
                choice("old", Some("x"), false),
            ],
            ..Choices::default()
        };
        let sent = Choices {
            purposes: vec![
                choice("tour", Some("y"), false),
                choice("survey", None, true),
                choice("offer", Some("Sell"), true),
            ],
            ..Choices::default()
        };
        let after = sent.clone().over(known);
        let expected = vec![
            choice("survey", None, true),
            choice("offer", Some("Sell"), true),
            choice("tour", Some("y"), false),
            choice("gift", Some("ของขวัญ"), false),
            choice("old", Some("x"), false),
        ];
        assert_eq!(after.purposes, expected);
        assert_eq!(after.outcomes, Choices::default().outcomes);
        assert_eq!(after.clone().over(after.clone()), after, "set again, nothing changes");
    }
}
