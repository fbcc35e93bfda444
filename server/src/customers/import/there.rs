//! What is there already of what some rows tell.

use std::collections::HashMap;

use ekenko_domain::{customer::Location, id::OrganisationId};

use super::{super::store, known::Known, row::Row};
use crate::{
    customers::companies,
    db::{Access, StoreError},
};

/// What makes two rows the same location: every column of its own, company first.
type Key = ([String; 7], [u64; 2]);

fn key(company: &str, l: &Location) -> Key {
    let texts = [company, &l.name, &l.address, &l.district, &l.province, &l.postcode, &l.phone];
    // + 0.0: SQLite does not keep the sign of zero.
    (texts.map(str::to_owned), [(l.lat + 0.0).to_bits(), (l.lng + 0.0).to_bits()])
}

/// How often each location stood in a file so far.
#[derive(Default)]
pub struct Seen(HashMap<Key, usize>);

/// The companies rows may belong to, and the locations of their names.
pub struct There {
    pub companies: Known,
    copies: HashMap<Key, usize>,
}

impl There {
    /// Only what these rows name, for they are read while others wait to write.
    pub async fn read(
        db: &mut impl Access,
        organisation: OrganisationId,
        rows: &[Row],
    ) -> Result<Self, StoreError> {
        let names: Vec<_> = rows.iter().map(|row| row.location.name.as_str()).collect();
        let mut copies = HashMap::new();
        for location in store::named(db, organisation, &names).await? {
            *copies.entry(key(&location.company.name, &location)).or_default() += 1;
        }
        let names: Vec<_> = rows.iter().map(|row| row.company.name.as_str()).collect();
        let tax_ids: Vec<_> =
            rows.iter().filter_map(|row| Some(row.company.tax_id.as_ref()?.digits())).collect();
        let companies = Known::of(companies::alike(db, organisation, &names, &tax_ids).await?);
        Ok(Self { companies, copies })
    }

    /// Whether a file's next row is not there yet. As often as a file has a location, as often it is to be there.
    pub fn lacks(&self, row: &Row, seen: &mut Seen) -> bool {
        let company = self.companies.find(&row.company).unwrap_or(&row.company);
        let key = key(&company.name, &row.location);
        let copies = self.copies.get(&key).copied().unwrap_or_default();
        let seen = seen.0.entry(key).or_default();
        *seen += 1;
        copies < *seen
    }
}
