//! Adding places, their contacts, and who looks after them.

use ekenko_domain::{
    company::Company,
    customer::{Contact, DEFAULT_RADIUS_M, EditContact, EditLocation, Location, NewLocation, RADII_M},
    employee::{EmployeeRef, Role},
    event::{Kind, Stream},
    geo::{Metres, Position},
    id::{CompanyId, ContactId, EmployeeId, LocationId},
    text::Line,
};
use phonenumber::{Mode, country};
use serde_json::json;

use super::{Customers, added, companies, people, store};
use crate::{
    activity::Activity,
    context::new_id,
    db::{Access, StoreError, Write},
    identity::{Caller, team_settings},
};

/// Why a change to the customer base was refused.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// No such location in the caller's organisation.
    #[error("there is no such location")]
    UnknownLocation,
    /// No such company in the caller's organisation.
    #[error("there is no such company")]
    UnknownCompany,
    /// No such contact in the caller's organisation.
    #[error("there is no such contact")]
    UnknownContact,
    /// Not a rep of the caller's teams.
    #[error("there is no such rep in your teams")]
    UnknownEmployee,
    /// Reps do not hand customers around.
    #[error("only managers and admins say who looks after a customer")]
    NotAManager,
    /// Reps add customers and look after contacts; they change nothing else.
    #[error("only managers and admins change customers and companies")]
    NotAnEditor,
    /// No such company in the caller's organisation, where one was asked for.
    #[error("there is no such company")]
    NoCompany,
    /// The id belongs to something with other contents.
    #[error("this id is already used by a different one: make a new id")]
    IdConflict,
    /// Too small to find or too large to mean anything.
    #[error("must be between {} and {} metres", RADII_M.start(), RADII_M.end())]
    Radius,
    /// No phone number of any country.
    #[error("is not a phone number: write it as 081 234 5678 or +66 81 234 5678")]
    Phone,
    /// A LINE name has no blanks.
    #[error("must be a LINE id: up to 50 characters without blanks")]
    LineId,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A phone number in international form; one without a country is a Thai one.
pub fn phone(text: &str) -> Result<String, EditError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    let number = phonenumber::parse(Some(country::TH), text).map_err(|_| EditError::Phone)?;
    if !phonenumber::is_valid(&number) {
        return Err(EditError::Phone);
    }
    Ok(number.format().mode(Mode::International).to_string())
}

fn line_id(text: &str) -> Result<String, EditError> {
    let text = text.trim();
    if text.chars().count() > 50 || text.contains(char::is_whitespace) {
        Err(EditError::LineId)
    } else {
        Ok(text.to_owned())
    }
}

fn text(line: Option<&Line>) -> String {
    line.map(|line| line.as_str().trim().to_owned()).unwrap_or_default()
}

impl Customers {
    /// Adds a location, with a company of its own unless one is named. A rep looks after what the rep adds. Gives it
    /// and whether it is new: the same command again gives the same location.
    pub async fn add(&self, caller: &Caller, new: &NewLocation) -> Result<(Location, bool), EditError> {
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        let known = store::by_id(&mut db, caller, new.id).await?;
        let radius_m = match (new.radius_m, &known, &caller.team) {
            (Some(radius), ..) => radius.get(),
            // The same command again means the same radius, whatever the team has by now.
            (None, Some(known), _) => known.radius_m,
            (None, None, Some(team)) => {
                team_settings(&mut db, organisation, team.id).await?.radius_m.unwrap_or(DEFAULT_RADIUS_M)
            }
            (None, None, None) => DEFAULT_RADIUS_M,
        };
        if !RADII_M.contains(&radius_m) {
            return Err(EditError::Radius);
        }
        let company = match (new.company_id, &known) {
            (Some(id), _) => {
                companies::by_id(&mut db, organisation, id).await?.ok_or(EditError::UnknownCompany)?
            }
            (None, known) => {
                let made = known.as_ref().map(|known| known.company.id);
                let id = made.unwrap_or_else(|| CompanyId(new_id(&*self.outside)));
                Company {
                    legal_name: text(new.legal_name.as_ref()),
                    tax_id: new.tax_id.clone(),
                    grade: known.as_ref().and_then(|known| known.grade),
                    ..Company::named(id, new.name.as_str().into())
                }
            }
        };
        let location = Location {
            id: new.id,
            name: new.name.as_str().into(),
            company: company.as_ref(),
            address: text(new.address.as_ref()),
            subdistrict: text(new.subdistrict.as_ref()),
            district: text(new.district.as_ref()),
            province: text(new.province.as_ref()),
            postcode: text(new.postcode.as_ref()),
            phone: phone(&text(new.phone.as_ref()))?,
            lat: new.lat.get(),
            lng: new.lng.get(),
            radius_m,
            grade: company.grade,
            // It may have moved on since it was added.
            status: known.as_ref().map_or(new.status, |known| known.status),
            distance_m: None,
        };
        if let Some(known) = known {
            let same = known == location
                && companies::by_id(&mut db, organisation, known.company.id).await? == Some(company);
            return if same { Ok((known, false)) } else { Err(EditError::IdConflict) };
        }
        let now = self.outside.now();
        if new.company_id.is_none() {
            companies::insert(&mut db, organisation, &company, now).await?;
        }
        let pin = Position { lat: new.lat, lng: new.lng };
        let owner = (caller.role == Role::Rep).then_some(caller.employee.id);
        if !store::insert_location(&mut db, organisation, &location, pin, owner, now).await? {
            drop(db);
            // The same request was faster on another connection; now its row is there to compare with.
            return Box::pin(self.add(caller, new)).await;
        }
        added::made_by(&mut db, organisation, location.id, caller.employee.id).await?;
        let activity = Activity::of(caller, Kind::CustomerCreated, location.id);
        self.outbox.tell(db, &activity, &[Stream::Org(organisation)], &location).await?;
        Ok((location, true))
    }

    /// Changes what is kept of a location. Visits keep the pin they were judged by.
    pub async fn edit(
        &self,
        caller: &Caller,
        id: LocationId,
        edit: &EditLocation,
    ) -> Result<Location, EditError> {
        if !caller.role.manages() {
            return Err(EditError::NotAnEditor);
        }
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        let old = store::by_id(&mut db, caller, id).await?.ok_or(EditError::UnknownLocation)?;
        let radius_m = edit.radius_m.map_or(old.radius_m, Metres::get);
        if !RADII_M.contains(&radius_m) {
            return Err(EditError::Radius);
        }
        let company =
            companies::by_id(&mut db, organisation, edit.company_id.unwrap_or(old.company.id)).await?;
        let company = company.ok_or(EditError::UnknownCompany)?;
        // An import keeps numbers as its file has them; one that was not touched stays so.
        let phone_typed = text(edit.phone.as_ref());
        let location = Location {
            name: edit.name.as_str().into(),
            company: company.as_ref(),
            address: text(edit.address.as_ref()),
            subdistrict: text(edit.subdistrict.as_ref()),
            district: text(edit.district.as_ref()),
            province: text(edit.province.as_ref()),
            postcode: text(edit.postcode.as_ref()),
            phone: if phone_typed == old.phone { phone_typed } else { phone(&phone_typed)? },
            lat: edit.lat.get(),
            lng: edit.lng.get(),
            radius_m,
            grade: company.grade,
            ..old.clone()
        };
        if location != old {
            let pin = Position { lat: edit.lat, lng: edit.lng };
            store::update_location(&mut db, organisation, &location, pin).await?;
            self.tell_change(db, caller, location.id, Some(&old), Some(&location)).await?;
        }
        Ok(location)
    }

    /// Makes or replaces a contact.
    pub async fn put_contact(
        &self,
        caller: &Caller,
        id: ContactId,
        edit: &EditContact,
    ) -> Result<Contact, EditError> {
        let contact = Contact {
            id,
            name: edit.name.as_str().into(),
            title: text(edit.title.as_ref()),
            phone: phone(&text(edit.phone.as_ref()))?,
            line_id: line_id(&text(edit.line_id.as_ref()))?,
            email: edit.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        };
        let mut db = self.db.begin().await?;
        let place =
            store::by_id(&mut db, caller, edit.location_id).await?.ok_or(EditError::UnknownLocation)?.id;
        let organisation = caller.organisation.id;
        let old = match people::contact(&mut db, organisation, id).await? {
            Some((at, known)) if at == place && known == contact => return Ok(contact),
            Some((at, _)) if at != place => return Err(EditError::IdConflict),
            known => known.map(|(_, known)| known),
        };
        people::put_contact(&mut db, organisation, place, &contact, self.outside.now()).await?;
        self.tell_change(db, caller, place, old.as_ref(), Some(&contact)).await?;
        Ok(contact)
    }

    /// Removes a contact.
    pub async fn remove_contact(&self, caller: &Caller, id: ContactId) -> Result<(), EditError> {
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        let (at, old) = people::contact(&mut db, organisation, id).await?.ok_or(EditError::UnknownContact)?;
        people::remove_contact(&mut db, organisation, id).await?;
        self.tell_change(db, caller, at, Some(&old), None::<&Contact>).await?;
        Ok(())
    }

    /// Says which of `reps` looks after a location.
    pub async fn set_owner(
        &self,
        caller: &Caller,
        id: LocationId,
        owner: Option<EmployeeId>,
        reps: &[EmployeeRef],
    ) -> Result<(), EditError> {
        if !caller.role.manages() {
            return Err(EditError::NotAManager);
        }
        if owner.is_some_and(|owner| reps.iter().all(|rep| rep.id != owner)) {
            return Err(EditError::UnknownEmployee);
        }
        let mut db = self.db.begin().await?;
        let id = store::by_id(&mut db, caller, id).await?.ok_or(EditError::UnknownLocation)?.id;
        let old = people::owner(&mut db, caller.organisation.id, id).await?;
        people::set_owner(&mut db, caller.organisation.id, id, owner).await?;
        let new = people::owner(&mut db, caller.organisation.id, id).await?;
        self.tell_change(db, caller, id, old.as_ref(), new.as_ref()).await?;
        Ok(())
    }

    /// A location with its company, owner and contacts, in somebody's snapshot.
    pub async fn described(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: LocationId,
    ) -> Result<Option<(Location, Company, Option<EmployeeRef>, Vec<Contact>)>, StoreError> {
        let organisation = caller.organisation.id;
        let Some(location) = store::by_id(db, caller, id).await? else { return Ok(None) };
        let Some(company) = companies::by_id(db, organisation, location.company.id).await? else {
            return Ok(None);
        };
        let owner = people::owner(db, organisation, location.id).await?;
        let contacts = people::contacts(db, organisation, location.id).await?;
        Ok(Some((location, company, owner, contacts)))
    }

    /// Watchers are told that something changed, the log what: names and numbers of people are not for all to see.
    pub(super) async fn tell_change<T: serde::Serialize, U: serde::Serialize>(
        &self,
        db: Write,
        caller: &Caller,
        id: LocationId,
        old: Option<&T>,
        new: Option<&U>,
    ) -> Result<(), StoreError> {
        let streams = [Stream::Org(caller.organisation.id)];
        let activity = Activity::of(caller, Kind::CustomerChanged, id).from(old).to(Some(&new));
        self.outbox.tell(db, &activity, &streams, &json!({ "location_id": id })).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_kept_in_international_form() {
        for (text, kept) in [
            ("081-234-5678", "+66 81 234 5678"),
            (" 02 123 4567 ", "+66 2 123 4567"),
            ("+66812345678", "+66 81 234 5678"),
            ("+1 650-253-0000", "+1 650-253-0000"),
            ("", ""),
        ] {
            assert_eq!(phone(text).unwrap(), kept, "{text}");
        }
        for bad in ["12", "081-234-567", "call me", "+66", "๐๘๑"] {
            assert!(phone(bad).is_err(), "{bad}");
        }
    }
}
