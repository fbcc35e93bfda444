//! A rep's visits: the use cases.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    board::Pin,
    day::business_date,
    employee::Role,
    event::{Kind, Stream},
    feed::Whose,
    geo::Position,
    id::{EmployeeId, LocationId, VisitId},
    page::Page,
    visit::{CheckIn, CheckOut, Claim, MOST_PHOTOS, NoReason, Visit, judge},
};

use super::{
    changes, clues,
    happened::{Happened, LATEST},
    store, weeks,
};
use crate::{
    activity::Activity,
    choices::ChoiceLists,
    context::Context,
    customers::Customers,
    db::{Access, Db, StoreError, Write},
    identity::Caller,
    outbox::Outbox,
    page::{self, BadCursor, Before},
    photos::{PhotoError, Photos},
};

/// Why a visit was refused.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// Those reviewed by others.
    #[error("only an admin or a manager of the visit's team reviews it, and nobody an own one")]
    MayNotReview,
    /// A rejection says why.
    #[error(transparent)]
    NoReason(#[from] NoReason),
    /// Only reps visit.
    #[error("only a rep can check in; this account has another role")]
    NotARep,
    /// No such location in the caller's organisation.
    #[error("there is no such location")]
    UnknownLocation,
    /// No such choice in the caller's organisation.
    #[error("is none of your organisation's purposes")]
    UnknownPurpose,
    /// No such choice in the caller's organisation.
    #[error("is none of your organisation's outcomes")]
    UnknownOutcome,
    /// The id belongs to a visit with other contents.
    #[error("this id is already used by a different visit: make a new id for a new visit")]
    IdConflict,
    /// One visit at a time.
    #[error("a visit is still open: check out of it first")]
    VisitOpen(Option<VisitId>),
    /// No such visit, or not the caller's.
    #[error("there is no such visit among yours")]
    NotFound,
    /// The photo is mandatory.
    #[error("take a photo before checking out")]
    PhotoRequired,
    /// As many photos as a visit may have.
    #[error("a visit has at most {MOST_PHOTOS} photos")]
    TooManyPhotos,
    /// Told longer after it happened than is believed.
    #[error("must be within the last {} days", LATEST.num_days())]
    TooLate,
    /// Checked out already, with another body.
    #[error("this visit is already checked out")]
    CheckedOut,
    /// The list cannot go on there.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The photo was refused.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which visits to list.
#[derive(Debug, Default)]
pub struct Filter {
    /// The business day; today when neither this nor `open` is given.
    pub date: Option<NaiveDate>,
    /// Of all days from this one on, instead of one.
    pub from: Option<NaiveDate>,
    /// One rep's.
    pub employee: Option<EmployeeId>,
    /// Only those not checked out, of any day.
    pub open: bool,
    /// Most items to give.
    pub limit: usize,
    /// Where the last piece ended.
    pub cursor: Option<String>,
}

/// The visits of this installation.
pub struct Visits {
    pub(super) db: Db,
    pub(super) outside: Context,
    outbox: Outbox,
    customers: Arc<Customers>,
    choices: Arc<ChoiceLists>,
    pub(super) photos: Photos,
}

impl Visits {
    /// Visits in `db`.
    pub fn new(
        db: Db,
        outside: Context,
        outbox: Outbox,
        customers: Arc<Customers>,
        choices: Arc<ChoiceLists>,
        photos: Photos,
    ) -> Self {
        Self { db, outside, outbox, customers, choices, photos }
    }

    /// Opens a visit. Gives the visit and whether it is new: the same command again gives the same visit.
    /// `device_now` is what the device's clock showed when it sent the command.
    pub async fn check_in(
        &self,
        caller: &Caller,
        command: &CheckIn,
        device_now: Option<DateTime<Utc>>,
    ) -> Result<(Visit, bool), VisitError> {
        let (Role::Rep, Some(team)) = (caller.role, &caller.team) else { return Err(VisitError::NotARep) };
        let mut db = self.db.begin().await?;
        let now = self.outside.now();
        let Some(location) = self.customers.location_held(&mut db, caller, command.location_id).await? else {
            return Err(VisitError::UnknownLocation);
        };
        if !self.choices.has_purpose(&mut db, caller, command.purpose).await? {
            return Err(VisitError::UnknownPurpose);
        }
        // The device may not know yet that the place was merged into another.
        let location_id = location.id;
        let pin = Position::new(location.lat, location.lng).map_err(|error| StoreError::Corrupt {
            table: "locations",
            column: "lat",
            value: error.to_string(),
        })?;
        let happened = Happened::read(command.occurred_at, device_now, now)?;
        let claim = Claim {
            fix: command.fix,
            at: happened.at,
            device_at: command.occurred_at,
            clock_offset: happened.clock_offset,
            received_at: now,
        };
        let past = clues::past_fixes(&mut db, caller, happened.at).await?;
        let judged = judge(pin, location.radius_m, &claim, &past);
        let visit = Visit {
            id: command.id,
            employee: caller.employee.clone(),
            team: team.clone(),
            location,
            purpose: command.purpose,
            verdict: judged.verdict,
            reasons: judged.reasons,
            review: None,
            distance_m: judged.evidence.distance_m,
            evidence: judged.evidence,
            checked_in_at: happened.at,
            checked_out_at: None,
            duration_s: None,
            estimated: false,
            business_date: business_date(happened.at, &caller.organisation.time_zone),
            outcome: None,
            notes: None,
            photo: None,
            photos: Vec::new(),
        };
        if !changes::insert(&mut db, caller, &visit).await? {
            return match store::by_id(&mut db, caller, command.id).await? {
                Some(known) if is_same(&known, caller, command, location_id) => Ok((known, false)),
                Some(_) => Err(VisitError::IdConflict),
                None if store::is_taken(&mut db, caller, command.id).await? => Err(VisitError::IdConflict),
                None => {
                    let open =
                        store::open(&mut db, caller, Some(caller.employee.id), page::NEWEST, 1).await?;
                    Err(VisitError::VisitOpen(open.first().map(|visit| visit.id)))
                }
            };
        }
        self.tell_of(db, caller, Kind::VisitCheckedIn, &visit).await?;
        Ok((visit, true))
    }

    /// Closes a visit. The same command again gives the same visit. `device_now` is what the device's clock showed
    /// when it sent the command.
    pub async fn check_out(
        &self,
        caller: &Caller,
        id: VisitId,
        command: &CheckOut,
        device_now: Option<DateTime<Utc>>,
    ) -> Result<Visit, VisitError> {
        let mut db = self.db.begin().await?;
        let visit = self.own(&mut db, caller, id).await?;
        if !self.choices.has_outcome(&mut db, caller, command.outcome).await? {
            return Err(VisitError::UnknownOutcome);
        }
        let notes = command.notes.as_ref().map(|notes| notes.as_str().to_owned());
        let happened = Happened::read(command.occurred_at, device_now, self.outside.now())?;
        let at = happened.at.max(visit.checked_in_at);
        if !changes::check_out(&mut db, caller, id, command, at).await? {
            // Read again: the same request may have been faster on another connection.
            let visit = self.own(&mut db, caller, id).await?;
            let told = store::out_device_at(&mut db, caller, id).await?;
            return if visit.photo.is_none() {
                Err(VisitError::PhotoRequired)
            } else if visit.outcome == Some(command.outcome)
                && visit.notes == notes
                && told == command.occurred_at
            {
                Ok(visit)
            } else {
                Err(VisitError::CheckedOut)
            };
        }
        // As the row is now: a photo may have come in since it was first read.
        let visit = self.own(&mut db, caller, id).await?;
        self.tell_of(db, caller, Kind::VisitCheckedOut, &visit).await?;
        Ok(visit)
    }

    /// Says that the visits of one location were made at another, and writes their days anew. Gives how many.
    pub async fn move_all(
        &self,
        db: &mut Write,
        caller: &Caller,
        from: LocationId,
        to: LocationId,
    ) -> Result<usize, StoreError> {
        let mut days = changes::move_all(db, caller.organisation.id, from, to).await?;
        let moved = days.len();
        // In one order for all who hold several weeks.
        days.sort_unstable_by_key(|day| (weeks::week(day.date), day.employee, day.team, day.date));
        days.dedup();
        for day in days {
            weeks::keep_day(db, caller.organisation.id, day).await?;
        }
        Ok(moved)
    }

    /// One visit the caller may see.
    pub async fn visit(&self, caller: &Caller, id: VisitId) -> Result<Visit, VisitError> {
        store::by_id(&mut self.db.read().await?, caller, id).await?.ok_or(VisitError::NotFound)
    }

    /// Visits the caller may see, latest first.
    pub async fn list(&self, caller: &Caller, filter: &Filter) -> Result<Page<Visit>, VisitError> {
        let before = page::before(filter.cursor.as_deref())?;
        let mut db = self.db.read().await?;
        let want = page::wanted(filter.limit);
        let items = if filter.open {
            store::open(&mut db, caller, filter.employee, before, want).await?
        } else if let Some(from) = filter.from {
            store::since(&mut db, caller, from, filter.employee, before, want).await?
        } else {
            let date = filter.date.unwrap_or_else(|| self.today(caller));
            store::by_day(&mut db, caller, date, filter.employee, before, want).await?
        };
        Ok(page::cut(items, filter.limit, |last| page::at((last.checked_in_at, last.id.0))))
    }

    /// The business day it is now where the caller works.
    pub fn today(&self, caller: &Caller) -> NaiveDate {
        business_date(self.outside.now(), &caller.organisation.time_zone)
    }

    /// How many visits the caller made on a day and how many are verified, in somebody's snapshot.
    pub async fn own_day(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        date: NaiveDate,
    ) -> Result<(u32, u32), StoreError> {
        store::own_day(db, caller, date).await
    }

    /// The latest visits of a location the caller may see, in somebody's snapshot.
    pub async fn at(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        location: LocationId,
        limit: usize,
    ) -> Result<Vec<Visit>, StoreError> {
        store::at(db, caller, location, limit as i64).await
    }

    /// When anybody was last at a location, in somebody's snapshot.
    pub async fn last_at(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        location: LocationId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        store::last_at(db, caller, location).await
    }

    /// The caller's open visit, in somebody's snapshot.
    pub async fn own_open(&self, db: &mut impl Access, caller: &Caller) -> Result<Option<Visit>, StoreError> {
        Ok(store::open(db, caller, Some(caller.employee.id), page::NEWEST, 1).await?.pop())
    }

    /// Visits of any day before (`time`, `id`), latest first, in somebody's snapshot.
    pub async fn before(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        whose: Whose,
        before: Before,
        limit: i64,
    ) -> Result<Vec<Visit>, StoreError> {
        store::before(db, caller, whose, before, limit).await
    }

    /// The pins of a day, in somebody's snapshot.
    pub async fn pins(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        date: NaiveDate,
        whose: Whose,
        limit: usize,
    ) -> Result<Vec<Pin>, StoreError> {
        store::pins(db, caller, date, whose, limit as i64).await
    }

    pub(super) async fn own(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: VisitId,
    ) -> Result<Visit, VisitError> {
        match store::by_id(db, caller, id).await? {
            Some(visit) if visit.employee.id == caller.employee.id => Ok(visit),
            _ => Err(VisitError::NotFound),
        }
    }

    pub(super) async fn tell_of(
        &self,
        db: Write,
        caller: &Caller,
        kind: Kind,
        visit: &Visit,
    ) -> Result<(), StoreError> {
        self.tell(db, &Activity::of(caller, kind, visit.id), visit).await
    }

    /// Every change of a visit ends here: its day is written anew beside it, and it is told.
    pub(super) async fn tell(
        &self,
        mut db: Write,
        activity: &Activity,
        visit: &Visit,
    ) -> Result<(), StoreError> {
        weeks::keep(&mut db, activity.organisation, visit).await?;
        let streams = [Stream::Team(visit.team.id), Stream::Employee(visit.employee.id)];
        self.outbox.tell(db, activity, &streams, visit).await
    }
}

/// Whether a stored visit came of this very command.
fn is_same(visit: &Visit, caller: &Caller, command: &CheckIn, location: LocationId) -> bool {
    visit.employee.id == caller.employee.id
        && visit.location.id == location
        && visit.purpose == command.purpose
        && visit.evidence.fix == command.fix
        && visit.evidence.device_at == command.occurred_at
}
