//! The contacts table, and who looks after a place.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    customer::Contact,
    employee::EmployeeRef,
    id::{ContactId, EmployeeId, LocationId, OrganisationId},
};
use uuid::Uuid;

use crate::db::{Access, On, StoreError, Write, query};

const OWNER: &str = "SELECT e.id, e.name FROM locations l
    JOIN employees e ON e.organisation_id = l.organisation_id AND e.id = l.owner_id
    WHERE l.organisation_id = $1 AND l.id = $2";

pub async fn owner(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: LocationId,
) -> Result<Option<EmployeeRef>, StoreError> {
    let row = query!(db, fetch_optional as (Uuid, String), OWNER, organisation.0, id.0).on("locations")?;
    Ok(row.map(|(id, name)| EmployeeRef { id: EmployeeId(id), name }))
}

const SET_OWNER: &str = "UPDATE locations SET owner_id = $1 WHERE organisation_id = $2 AND id = $3";

pub async fn set_owner(
    db: &mut Write,
    organisation: OrganisationId,
    id: LocationId,
    owner: Option<EmployeeId>,
) -> Result<(), StoreError> {
    query!(db, execute, SET_OWNER, owner.map(|owner| owner.0), organisation.0, id.0).on("locations")?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    id: Uuid,
    location_id: Uuid,
    name: String,
    title: String,
    phone: String,
    line_id: String,
    email: String,
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self {
            id: ContactId(row.id),
            name: row.name,
            title: row.title,
            phone: row.phone,
            line_id: row.line_id,
            email: row.email,
        }
    }
}

const CONTACT: &str = "SELECT id, location_id, name, title, phone, line_id, email FROM contacts
    WHERE organisation_id = $1 AND id = $2";
const CONTACTS: &str = "SELECT id, location_id, name, title, phone, line_id, email FROM contacts
    WHERE organisation_id = $1 AND location_id = $2 ORDER BY name, id";

/// A contact and where the person works.
pub async fn contact(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: ContactId,
) -> Result<Option<(LocationId, Contact)>, StoreError> {
    let row = query!(db, fetch_optional as ContactRow, CONTACT, organisation.0, id.0).on("contacts")?;
    Ok(row.map(|row| (LocationId(row.location_id), row.into())))
}

/// Everybody to speak to at a location.
pub async fn contacts(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: LocationId,
) -> Result<Vec<Contact>, StoreError> {
    let rows = query!(db, fetch_all as ContactRow, CONTACTS, organisation.0, id.0).on("contacts")?;
    Ok(rows.into_iter().map(Contact::from).collect())
}

const PUT: &str = "INSERT INTO contacts (organisation_id, id, location_id, name, title, phone, line_id, email, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, title = excluded.title, phone = excluded.phone,
    line_id = excluded.line_id, email = excluded.email, changed_at = excluded.changed_at";

pub async fn put_contact(
    db: &mut Write,
    organisation: OrganisationId,
    at: LocationId,
    contact: &Contact,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    query!(
        db,
        execute,
        PUT,
        organisation.0,
        contact.id.0,
        at.0,
        &contact.name,
        &contact.title,
        &contact.phone,
        &contact.line_id,
        &contact.email,
        now
    )
    .on("contacts")?;
    Ok(())
}

const REMOVE: &str = "DELETE FROM contacts WHERE organisation_id = $1 AND id = $2";

pub async fn remove_contact(
    db: &mut Write,
    organisation: OrganisationId,
    id: ContactId,
) -> Result<(), StoreError> {
    query!(db, execute, REMOVE, organisation.0, id.0).on("contacts")?;
    Ok(())
}
