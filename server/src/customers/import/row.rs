//! A row of a file as a customer.

use csv::ByteRecord;
use ekenko_domain::{
    company::{Company, CompanyRef, CreditDays, CreditLimit},
    customer::{DEFAULT_RADIUS_M, Grade, Location, LocationStatus, RADII_M},
    geo::{OutOfRange, Position},
    id::{CompanyId, EmployeeId, LocationId},
    import::{Field, Mapping},
    tax_id::TaxId,
    text::{Line, Name, fold},
};
use uuid::Uuid;

use super::Owners;

/// What a row says. Ids are still nil.
pub struct Row {
    pub location: Location,
    pub pin: Position,
    pub owner: Option<EmployeeId>,
    /// What the row knows of the company.
    pub company: Company,
}

/// The field at fault, by its code, and why; empty when it is the row as a whole.
pub type Fault = (&'static str, String);

/// Reads the cells of one row.
struct Cells<'a> {
    record: &'a ByteRecord,
    mapping: &'a Mapping,
}

impl Cells<'_> {
    fn text(&self, field: Field) -> Result<&str, Fault> {
        let column = self.mapping.0.get(&field);
        let bytes = column.and_then(|&at| self.record.get(at)).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| (field.code(), "is not UTF-8 text".into()))?.trim();
        // What an export put before a text that spreadsheets would take for a formula.
        let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
        Ok(guarded.unwrap_or(text))
    }

    /// A cell that may be empty.
    fn maybe<T, E: ToString>(
        &self,
        field: Field,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Fault> {
        match self.text(field)? {
            "" => Ok(None),
            text => read(text).map(Some).map_err(|why| (field.code(), why.to_string())),
        }
    }

    fn number(&self, field: Field) -> Result<f64, Fault> {
        let number = self.maybe(field, number)?;
        number.ok_or_else(|| (field.code(), "is missing".into()))
    }

    fn line(&self, field: Field) -> Result<String, Fault> {
        Ok(self.maybe(field, |text| Line::parse(text))?.map(String::from).unwrap_or_default())
    }
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("is not a number: {}", short(text)))
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A taxpayer number; spreadsheets take it for a number and drop the zero it begins with.
fn tax_id(text: &str) -> Result<TaxId, String> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let whole = if digits == 12 && !text.starts_with('0') { format!("0{text}") } else { text.to_owned() };
    TaxId::parse(&whole).map_err(|e| e.to_string())
}

fn grade(text: &str) -> Result<Grade, &'static str> {
    Grade::from_code(&text.to_lowercase()).ok_or("must be A, B, C or D")
}

/// A status by its code or as the pages call it.
fn status(text: &str) -> Result<LocationStatus, &'static str> {
    match text.to_lowercase().as_str() {
        "ลูกค้ามุ่งหวัง" | "มุ่งหวัง" => Ok(LocationStatus::Lead),
        "ลูกค้าปัจจุบัน" | "ใช้งาน" | "ปกติ" => {
            Ok(LocationStatus::Active)
        }
        "เลิกติดต่อ" | "ไม่ใช้งาน" | "ปิดกิจการ" => {
            Ok(LocationStatus::Inactive)
        }
        code => LocationStatus::from_code(code).ok_or("must be lead, active or inactive"),
    }
}

fn days(text: &str) -> Result<CreditDays, String> {
    let days: u16 = text.parse().map_err(|_| "must be between 0 and 365 days".to_owned())?;
    CreditDays::try_from(days).map_err(|e| e.to_string())
}

fn radius(text: &str) -> Result<f64, String> {
    let metres = number(text)?;
    if RADII_M.contains(&metres) {
        Ok(metres)
    } else {
        Err(format!("must be between {} and {} metres", RADII_M.start(), RADII_M.end()))
    }
}

/// What a row says, or the first thing that is wrong with it.
pub fn read(record: &ByteRecord, mapping: &Mapping, width: usize, owners: &Owners) -> Result<Row, Fault> {
    if record.len() > width {
        return Err(("", format!("has {} cells, the header has {width}", record.len())));
    }
    let cells = Cells { record, mapping };
    let name = Name::parse(cells.text(Field::Name)?).map_err(|e| ("name", e.to_string()))?;
    let company = cells.maybe(Field::Company, |text| Name::parse(text))?.unwrap_or_else(|| name.clone());
    let (lat, lng) = (cells.number(Field::Lat)?, cells.number(Field::Lng)?);
    let pin = Position {
        lat: lat.try_into().map_err(|e: OutOfRange| ("lat", e.to_string()))?,
        lng: lng.try_into().map_err(|e: OutOfRange| ("lng", e.to_string()))?,
    };
    let company = Company {
        legal_name: cells.line(Field::LegalName)?,
        tax_id: cells.maybe(Field::TaxId, tax_id)?,
        grade: cells.maybe(Field::Grade, grade)?,
        credit_days: cells.maybe(Field::CreditDays, days)?,
        credit_limit: cells.maybe(Field::CreditLimit, CreditLimit::parse)?,
        ..Company::named(CompanyId(Uuid::nil()), company.into())
    };
    let owner = |text: &str| match owners.get(&fold(text)) {
        Some(Some(id)) => Ok(*id),
        Some(None) => Err("is the name of several reps: write the e-mail address"),
        None => Err("is no rep of your teams"),
    };
    let owner = cells.maybe(Field::Owner, owner)?;
    let location = Location {
        id: LocationId(Uuid::nil()),
        name: name.into(),
        company: CompanyRef { id: company.id, name: company.name.clone() },
        address: cells.line(Field::Address)?,
        subdistrict: cells.line(Field::Subdistrict)?,
        district: cells.line(Field::District)?,
        province: cells.line(Field::Province)?,
        postcode: cells.line(Field::Postcode)?,
        phone: cells.line(Field::Phone)?,
        lat,
        lng,
        radius_m: cells.maybe(Field::RadiusM, radius)?.unwrap_or(DEFAULT_RADIUS_M),
        grade: company.grade,
        status: cells.maybe(Field::Status, status)?.unwrap_or_default(),
        distance_m: None,
    };
    Ok(Row { location, pin, owner, company })
}
