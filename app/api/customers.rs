//! Customers and companies.

use ekenko_domain::{
    address::Area,
    company::{Company, CompanyDetails, EditCompany, NewCompany},
    customer::{EditLocation, Location, Provinces, SetOwner, SetStatus, StatusHistory},
    duplicate::{DismissDuplicate, Duplicate, Merge},
    employee::EmployeeRef,
    feed::Whose,
    id::{CompanyId, EmployeeId, LocationId},
    page::Page,
};

use super::{Answer, board, escaped, get, page, post, put, send_json};
use crate::route::Route;

/// Which customers are asked for, as addresses have it. What is empty does not narrow it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// A part of name, company or address.
    pub q: String,
    /// `mine` for the reader's own.
    pub show: String,
    /// A code of `LocationStatus`.
    pub status: String,
    /// A code of `Grade`.
    pub grade: String,
    /// Who looks after them, by id.
    pub owner: String,
    /// Where they are.
    pub province: String,
}

impl Asked {
    /// The page that shows them.
    pub fn route(self) -> Route {
        let Self { q, show, status, grade, owner, province } = self;
        Route::CustomersPage { q, show, status, grade, owner, province }
    }

    fn query(&self) -> String {
        let mine = if self.show == "mine" { "true" } else { "" };
        let values = [
            ("q", self.q.as_str()),
            ("mine", mine),
            ("status", &self.status),
            ("grade", &self.grade),
            ("owner", &self.owner),
            ("province", &self.province),
        ];
        let given = values.iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| format!("&{name}={}", escaped(value))).collect()
    }
}

impl Asked {
    /// Where the same lies as a file, whole.
    pub fn file(&self, format: &str) -> String {
        format!("/api/v1/locations/export?format={format}{}", self.query())
    }
}

/// Customers by name, or their piece behind `cursor`.
pub async fn list(asked: &Asked, cursor: Option<&str>) -> Answer<Page<Location>> {
    page(format!("/locations?limit=30{}", asked.query()), cursor).await
}

/// Who may look after customers, and where there are some.
pub async fn choices() -> Answer<(Vec<EmployeeRef>, Vec<String>)> {
    let provinces: Provinces = get("/locations/provinces".into()).await?;
    let reps = board(None, Whose::default()).await?.reps;
    Ok((reps.into_iter().map(|day| day.employee).collect(), provinces.provinces))
}

/// Changes what is kept of a location.
pub async fn edit(id: LocationId, edit: &EditLocation) -> Answer<Location> {
    put(format!("/locations/{id}"), edit).await
}

/// Says how far business with it is.
pub async fn set_status(id: LocationId, set: &SetStatus) -> Answer<Location> {
    put(format!("/locations/{id}/status"), set).await
}

/// How it came to that.
pub async fn statuses(id: LocationId) -> Answer<StatusHistory> {
    get(format!("/locations/{id}/statuses")).await
}

/// Says who looks after it.
pub async fn set_owner(id: LocationId, owner: Option<EmployeeId>) -> Answer<()> {
    send_json("PUT", format!("/locations/{id}/owner"), &SetOwner { employee_id: owner }).await.map(drop)
}

/// Pairs that may be one, or their piece behind `cursor`.
pub async fn duplicates(cursor: Option<&str>) -> Answer<Page<Duplicate>> {
    page("/locations/duplicates?limit=20".into(), cursor).await
}

/// Says that two are two.
pub async fn dismiss_duplicate(one_id: LocationId, other_id: LocationId) -> Answer<()> {
    let pair = DismissDuplicate { one_id, other_id };
    send_json("POST", "/locations/duplicates/dismiss".into(), &pair).await.map(drop)
}

/// Makes two one.
pub async fn merge(id: LocationId, into: LocationId) -> Answer<Location> {
    post(format!("/locations/{id}/merge"), &Merge { into }).await
}

/// Thai addresses that hold every word.
pub async fn addresses(q: &str) -> Answer<Page<Area>> {
    get(format!("/addresses?limit=8&q={}", escaped(q))).await
}

/// Companies by name.
pub async fn companies(q: &str, cursor: Option<&str>) -> Answer<Page<Company>> {
    page(format!("/companies?limit=30&q={}", escaped(q)), cursor).await
}

/// One company.
pub async fn company(id: CompanyId) -> Answer<CompanyDetails> {
    get(format!("/companies/{id}")).await
}

/// Adds a company.
pub async fn add_company(new: &NewCompany) -> Answer<Company> {
    post("/companies".into(), new).await
}

/// Changes what is kept of it.
pub async fn edit_company(id: CompanyId, edit: &EditCompany) -> Answer<CompanyDetails> {
    put(format!("/companies/{id}"), edit).await
}
