//! A list of customers as a file; its heads are such that an import knows them again.

use std::collections::HashMap;

use ekenko_domain::{
    company::Company,
    customer::{Grade, Location},
    day::business_date,
    id::CompanyId,
};
use uuid::Uuid;

use super::{Customers, Search, SearchError, companies};
use crate::{
    db::{Access, On, StoreError, query},
    identity::Caller,
    reports::{
        Export, Format, Language, ReportError,
        sheet::{Cell, Sheet},
    },
};

/// Locations read at once.
const PIECE: usize = 2_000;

/// The columns, in the order [`row`] fills them.
const HEAD: [[&str; 2]; 18] = [
    ["Name", "ชื่อ"],
    ["Company", "บริษัท"],
    ["Legal name", "ชื่อจดทะเบียน"],
    ["Tax id", "เลขประจำตัวผู้เสียภาษี"],
    ["Grade", "เกรด"],
    ["Credit days", "เครดิต (วัน)"],
    ["Credit limit", "วงเงินเครดิต"],
    ["Status", "สถานะ"],
    ["Owner", "ผู้ดูแล"],
    ["Phone", "โทรศัพท์"],
    ["Address", "ที่อยู่"],
    ["Subdistrict", "ตำบล/แขวง"],
    ["District", "อำเภอ/เขต"],
    ["Province", "จังหวัด"],
    ["Postcode", "รหัสไปรษณีย์"],
    ["Latitude", "ละติจูด"],
    ["Longitude", "ลองจิจูด"],
    ["Radius m", "รัศมี (เมตร)"],
];

/// Why a list could not be given away.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The list failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The file failed.
    #[error(transparent)]
    File(#[from] ReportError),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Search(error.into())
    }
}

const OWNERS: &str = "SELECT l.id, e.name FROM locations l
    JOIN employees e ON e.organisation_id = l.organisation_id AND e.id = l.owner_id WHERE l.organisation_id = $1";

async fn owners(db: &mut impl Access, caller: &Caller) -> Result<HashMap<Uuid, String>, StoreError> {
    let rows = query!(db, fetch_all as (Uuid, String), OWNERS, caller.organisation.id.0).on("locations")?;
    Ok(rows.into_iter().collect())
}

fn row(location: Location, company: Option<&Company>, owner: Option<&String>) -> Vec<Cell> {
    let text = |text: String| if text.is_empty() { Cell::Nothing } else { Cell::Text(text) };
    let of = |read: &dyn Fn(&Company) -> Option<Cell>| company.and_then(read).unwrap_or(Cell::Nothing);
    vec![
        text(location.name),
        text(location.company.name),
        of(&|company| Some(text(company.legal_name.clone()))),
        of(&|company| Some(Cell::Text(company.tax_id.as_ref()?.digits().to_owned()))),
        location.grade.map_or(Cell::Nothing, |grade| Cell::Text(Grade::code(grade).to_uppercase())),
        of(&|company| Some(Cell::Whole(u16::from(company.credit_days?).into()))),
        of(&|company| Some(Cell::Number(u64::from(company.credit_limit?) as f64 / 100.0))),
        Cell::Text(location.status.code().to_owned()),
        owner.map_or(Cell::Nothing, |owner| Cell::Text(owner.clone())),
        text(location.phone),
        text(location.address),
        text(location.subdistrict),
        text(location.district),
        text(location.province),
        text(location.postcode),
        Cell::Number(location.lat),
        Cell::Number(location.lng),
        Cell::Number(location.radius_m),
    ]
}

impl Customers {
    /// All that a list by name has, as a file.
    pub async fn export(
        &self,
        caller: &Caller,
        search: Search,
        format: Format,
        language: Language,
    ) -> Result<Export, ExportError> {
        let mut search = Search { near: None, limit: PIECE, cursor: None, ..search };
        let mut db = self.db.snapshot().await?;
        let companies = companies::all(&mut db, caller.organisation.id).await?;
        let companies: HashMap<CompanyId, Company> = companies.into_iter().map(|c| (c.id, c)).collect();
        let owners = owners(&mut db, caller).await?;
        let mut rows = Vec::new();
        loop {
            let piece = self.search_in(&mut db, caller, &search).await?;
            rows.extend(piece.items.into_iter().map(|location| {
                let (company, owner) = (companies.get(&location.company.id), owners.get(&location.id.0));
                row(location, company, owner)
            }));
            search.cursor = piece.next;
            if search.cursor.is_none() {
                break;
            }
        }
        drop(db);
        let made = self.outside.now();
        let name = format!("ekenko-customers-{}", business_date(made, &caller.organisation.time_zone));
        let sheet = Sheet { head: HEAD.iter().map(|head| language.pick(*head)).collect(), rows };
        Ok(sheet.file(format, &name, made).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ekenko_domain::import::{Field, Mapping};

    #[test]
    fn an_import_knows_every_column_of_an_export() {
        for language in 0..2 {
            let heads: Vec<String> = HEAD.iter().map(|head| head[language].to_owned()).collect();
            let mapping = Mapping::guess(&heads);
            assert_eq!(mapping.0.len(), Field::ALL.len(), "{mapping}");
        }
    }
}
