//! Companies: what the tax office knows them by, and on what terms they buy.

use serde::{Deserialize, Serialize};

use crate::{
    customer::{Grade, Location},
    id::CompanyId,
    tax_id::TaxId,
    text::{Line, Name, maybe_line},
};

/// A company as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyRef {
    /// Which.
    pub id: CompanyId,
    /// As written on the screen.
    pub name: String,
}

/// Days a company may take to pay: 0 to 365.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct CreditDays(u16);

/// The number cannot be a time to pay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be between 0 and 365 days")]
pub struct InvalidCreditDays;

impl TryFrom<u16> for CreditDays {
    type Error = InvalidCreditDays;
    fn try_from(days: u16) -> Result<Self, InvalidCreditDays> {
        if days <= 365 { Ok(Self(days)) } else { Err(InvalidCreditDays) }
    }
}
impl From<CreditDays> for u16 {
    fn from(days: CreditDays) -> u16 {
        days.0
    }
}

/// What a company may owe, in the currency's minor units (satang of baht): 0 to 2^53 - 1, so that it is exact in every
/// program's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct CreditLimit(u64);

/// Minor units that make one of the currency.
const MINOR: u64 = 100;

/// The amount cannot be a credit limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an amount such as 50000 or 1250.50")]
pub struct InvalidCreditLimit;

impl CreditLimit {
    /// Reads an amount of the currency as people write it, with up to two decimals and commas between thousands.
    ///
    /// # Errors
    /// Anything else, and more than there is room for.
    pub fn parse(text: &str) -> Result<Self, InvalidCreditLimit> {
        let plain = text.trim().replace(',', "");
        let (whole, cents) = plain.split_once('.').unwrap_or((&plain, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(cents) || cents.len() > 2 {
            return Err(InvalidCreditLimit);
        }
        let number = |text: &str| text.parse::<u64>().map_err(|_| InvalidCreditLimit);
        let units = number(whole)?.checked_mul(MINOR).ok_or(InvalidCreditLimit)?;
        let cents = number(&format!("{cents:0<2}"))?;
        units.checked_add(cents).ok_or(InvalidCreditLimit)?.try_into()
    }

    /// The amount in the currency itself, as [`CreditLimit::parse`] reads it.
    pub fn decimal(self) -> String {
        match self.0 % MINOR {
            0 => (self.0 / MINOR).to_string(),
            cents => format!("{}.{cents:02}", self.0 / MINOR),
        }
    }
}
impl TryFrom<u64> for CreditLimit {
    type Error = InvalidCreditLimit;
    fn try_from(amount: u64) -> Result<Self, InvalidCreditLimit> {
        if amount < 1 << 53 { Ok(Self(amount)) } else { Err(InvalidCreditLimit) }
    }
}
impl From<CreditLimit> for u64 {
    fn from(limit: CreditLimit) -> u64 {
        limit.0
    }
}

/// A company with what the tax office knows it by, and its terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Which.
    pub id: CompanyId,
    /// As written on the screen.
    pub name: String,
    /// As written on invoices; empty when unknown.
    pub legal_name: String,
    /// The taxpayer number.
    pub tax_id: Option<TaxId>,
    /// How much it buys.
    pub grade: Option<Grade>,
    /// Days it may take to pay; `null` is cash.
    #[serde(default)]
    pub credit_days: Option<CreditDays>,
    /// What it may owe at most, in minor units; `null` when nobody set a limit.
    #[serde(default)]
    pub credit_limit: Option<CreditLimit>,
}

impl Company {
    /// A company of which only the name is known.
    pub fn named(id: CompanyId, name: String) -> Self {
        let (legal_name, tax_id, grade) = (String::new(), None, None);
        Self { id, name, legal_name, tax_id, grade, credit_days: None, credit_limit: None }
    }

    /// As others see it.
    pub fn as_ref(&self) -> CompanyRef {
        CompanyRef { id: self.id, name: self.name.clone() }
    }
}

/// `PUT /companies/{id}`: everything that is kept of a company. What is left out becomes unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditCompany {
    /// As written on the screen.
    pub name: Name,
    /// As written on invoices.
    #[serde(default, deserialize_with = "maybe_line")]
    pub legal_name: Option<Line>,
    /// The taxpayer number.
    #[serde(default)]
    pub tax_id: Option<TaxId>,
    /// How much it buys.
    #[serde(default)]
    pub grade: Option<Grade>,
    /// Days it may take to pay; left out it pays cash.
    #[serde(default)]
    pub credit_days: Option<CreditDays>,
    /// What it may owe at most, in minor units.
    #[serde(default)]
    pub credit_limit: Option<CreditLimit>,
}

/// `POST /companies`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCompany {
    /// Made by the caller; the same id again is the same company.
    pub id: CompanyId,
    /// As [`EditCompany`] has it, and so are all below.
    pub name: Name,
    #[serde(default, deserialize_with = "maybe_line")]
    #[allow(missing_docs)]
    pub legal_name: Option<Line>,
    #[serde(default)]
    #[allow(missing_docs)]
    pub tax_id: Option<TaxId>,
    #[serde(default)]
    #[allow(missing_docs)]
    pub grade: Option<Grade>,
    #[serde(default)]
    #[allow(missing_docs)]
    pub credit_days: Option<CreditDays>,
    #[serde(default)]
    #[allow(missing_docs)]
    pub credit_limit: Option<CreditLimit>,
}

impl EditCompany {
    /// The company of this id that is kept so.
    pub fn of(self, id: CompanyId) -> Company {
        Company {
            id,
            name: self.name.into(),
            legal_name: self.legal_name.map(|line| line.as_str().trim().to_owned()).unwrap_or_default(),
            tax_id: self.tax_id,
            grade: self.grade,
            credit_days: self.credit_days,
            credit_limit: self.credit_limit,
        }
    }
}

impl From<NewCompany> for Company {
    fn from(new: NewCompany) -> Self {
        let NewCompany { id, name, legal_name, tax_id, grade, credit_days, credit_limit } = new;
        EditCompany { name, legal_name, tax_id, grade, credit_days, credit_limit }.of(id)
    }
}

/// Locations shown with a company.
pub const MOST_LOCATIONS: usize = 200;

/// `GET /companies/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompanyDetails {
    /// The company.
    #[serde(flatten)]
    pub company: Company,
    /// Its locations by name, [`MOST_LOCATIONS`] at most; `GET /locations?company=…` lists all.
    pub locations: Vec<Location>,
    /// How many it has.
    pub location_count: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_back_as_written() {
        for (text, minor, shown) in [
            ("50000", 5_000_000, "50000"),
            (" 1,250.5 ", 125_050, "1250.50"),
            ("0", 0, "0"),
            ("0.05", 5, "0.05"),
        ] {
            let limit = CreditLimit::parse(text).unwrap();
            assert_eq!((u64::from(limit), limit.decimal().as_str()), (minor, shown));
            assert_eq!(CreditLimit::parse(shown).unwrap(), limit);
        }
        for bad in ["", ".", ".5", "1.234", "-1", "1e3", "๑๐", "99999999999999999", "18446744073709551615"]
        {
            assert!(CreditLimit::parse(bad).is_err(), "{bad}");
        }
        assert!(CreditLimit::try_from(1 << 53).is_err());
    }

    #[test]
    fn nobody_pays_after_more_than_a_year() {
        assert!(CreditDays::try_from(365).is_ok());
        assert!(CreditDays::try_from(366).is_err());
    }
}
