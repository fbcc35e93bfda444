//! Companies: the use cases.

use ekenko_domain::{
    company::{Company, CompanyDetails, EditCompany, MOST_LOCATIONS, NewCompany},
    event::{Kind, Stream},
    id::CompanyId,
    page::Page,
    text::{Query, fold},
};
use uuid::Uuid;

use super::{Customers, EditError, SearchError, companies, find::Place, store};
use crate::{
    activity::Activity,
    db::{Access, StoreError},
    identity::Caller,
    page::{self, BadCursor},
};

impl Customers {
    /// Companies by name: those that hold a part of it, of the legal name or of the taxpayer number.
    pub async fn companies(
        &self,
        caller: &Caller,
        q: Option<&Query>,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Company>, SearchError> {
        let after: Place = match cursor {
            Some(cursor) => page::read(cursor)?,
            None => (String::new(), Uuid::nil()),
        };
        if after.0.contains('\0') {
            return Err(BadCursor.into());
        }
        let text = q.map(|q| fold(q.as_str())).unwrap_or_default();
        let mut db = self.db.read().await?;
        let organisation = caller.organisation.id;
        let items = companies::by_name(&mut db, organisation, &text, &after, page::wanted(limit)).await?;
        Ok(page::cut(items, limit, |last| (last.name.clone(), last.id.0)))
    }

    /// A company and its locations.
    pub async fn company(&self, caller: &Caller, id: CompanyId) -> Result<CompanyDetails, EditError> {
        self.company_in(&mut self.db.snapshot().await?, caller, id).await
    }

    /// What a company is called, in somebody's snapshot; `None` when there is no such one.
    pub async fn company_name(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: CompanyId,
    ) -> Result<Option<String>, StoreError> {
        Ok(companies::by_id(db, caller.organisation.id, id).await?.map(|company| company.name))
    }

    async fn company_in(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: CompanyId,
    ) -> Result<CompanyDetails, EditError> {
        let organisation = caller.organisation.id;
        let company = companies::by_id(db, organisation, id).await?.ok_or(EditError::NoCompany)?;
        Ok(CompanyDetails {
            company,
            locations: store::at_company(db, organisation, id, MOST_LOCATIONS as i64).await?,
            location_count: store::count_at_company(db, organisation, id).await?,
        })
    }

    /// Adds a company. Gives it and whether it is new: the same command again gives the same company.
    pub async fn add_company(&self, caller: &Caller, new: NewCompany) -> Result<(Company, bool), EditError> {
        if !caller.role.manages() {
            return Err(EditError::NotAnEditor);
        }
        let (company, organisation) = (Company::from(new), caller.organisation.id);
        let mut db = self.db.begin().await?;
        if !companies::insert(&mut db, organisation, &company, self.outside.now()).await? {
            let known = companies::by_id(&mut db, organisation, company.id).await?;
            return if known.as_ref() == Some(&company) {
                Ok((company, false))
            } else {
                Err(EditError::IdConflict)
            };
        }
        let activity = Activity::of(caller, Kind::CompanyChanged, company.id);
        self.outbox.tell(db, &activity, &[Stream::Org(organisation)], &company).await?;
        Ok((company, true))
    }

    /// Changes what is kept of a company.
    pub async fn edit_company(
        &self,
        caller: &Caller,
        id: CompanyId,
        edit: EditCompany,
    ) -> Result<CompanyDetails, EditError> {
        if !caller.role.manages() {
            return Err(EditError::NotAnEditor);
        }
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        let old = companies::by_id(&mut db, organisation, id).await?.ok_or(EditError::NoCompany)?;
        let company = edit.of(id);
        if old != company {
            companies::update(&mut db, organisation, &company).await?;
            if old.name != company.name {
                store::rename_company(&mut db, organisation, id).await?;
            }
            let activity = Activity::of(caller, Kind::CompanyChanged, id).from(Some(&old));
            self.outbox.tell(db, &activity, &[Stream::Org(organisation)], &company).await?;
        } else {
            drop(db);
        }
        self.company(caller, id).await
    }
}
