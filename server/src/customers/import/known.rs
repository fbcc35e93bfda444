//! The companies an import finds its rows' in.

use std::collections::HashMap;

use ekenko_domain::{
    company::{Company, CompanyRef},
    id::CompanyId,
    tax_id::TaxId,
};

use super::super::{Customers, companies};
use crate::{
    context::new_id,
    db::{StoreError, Write},
    identity::Caller,
};

/// Companies by taxpayer number and by name.
pub struct Known {
    all: Vec<Company>,
    by_tax_id: HashMap<TaxId, usize>,
    by_name: HashMap<String, usize>,
}

impl Known {
    /// Of two alike the first counts.
    pub fn of(all: Vec<Company>) -> Self {
        let mut known = Self { all: Vec::new(), by_tax_id: HashMap::new(), by_name: HashMap::new() };
        all.into_iter().for_each(|company| known.add(company));
        known
    }

    fn add(&mut self, company: Company) {
        let at = self.all.len();
        if let Some(tax_id) = &company.tax_id {
            self.by_tax_id.entry(tax_id.clone()).or_insert(at);
        }
        self.by_name.entry(company.name.clone()).or_insert(at);
        self.all.push(company);
    }

    fn at(&self, row: &Company) -> Option<usize> {
        let named = self.by_name.get(&row.name);
        match &row.tax_id {
            None => named.copied(),
            // A name under another number is another company.
            Some(tax_id) => {
                let unnumbered = named.filter(|at| self.all[**at].tax_id.is_none());
                self.by_tax_id.get(tax_id).or(unnumbered).copied()
            }
        }
    }

    /// The company a row tells of, if it is there.
    pub fn find(&self, row: &Company) -> Option<&Company> {
        self.at(row).map(|at| &self.all[at])
    }
}

/// What is known, with what a row adds to it.
fn completed(known: &Company, row: Company) -> Company {
    Company {
        legal_name: if known.legal_name.is_empty() { row.legal_name } else { known.legal_name.clone() },
        tax_id: known.tax_id.clone().or(row.tax_id),
        grade: known.grade.or(row.grade),
        credit_days: known.credit_days.or(row.credit_days),
        credit_limit: known.credit_limit.or(row.credit_limit),
        ..known.clone()
    }
}

impl Customers {
    /// The company a row tells of: found, and completed where the row knows more, or made.
    pub(super) async fn company_of(
        &self,
        db: &mut Write,
        caller: &Caller,
        known: &mut Known,
        row: Company,
    ) -> Result<CompanyRef, StoreError> {
        let organisation = caller.organisation.id;
        let Some(at) = known.at(&row) else {
            let company = Company { id: CompanyId(new_id(&*self.outside)), ..row };
            companies::insert(db, organisation, &company, self.outside.now()).await?;
            let found = company.as_ref();
            known.add(company);
            return Ok(found);
        };
        let company = completed(&known.all[at], row);
        if company != known.all[at] {
            companies::update(db, organisation, &company).await?;
            if let Some(tax_id) = &company.tax_id {
                known.by_tax_id.entry(tax_id.clone()).or_insert(at);
            }
            known.all[at] = company.clone();
        }
        Ok(company.as_ref())
    }
}
