//! Forgotten check-outs: closed when the business day is over, and marked as estimated.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    day::{day_end, moment},
    event::Kind,
    id::{OrganisationId, TeamId, VisitId},
};
use uuid::Uuid;

use super::{Visits, changes, store};
use crate::{
    activity::Activity,
    db::{On, StoreError, query},
    identity::team_settings,
};

/// How often forgotten visits are looked for.
const EVERY: Duration = Duration::from_secs(60);
/// Most closed at once; the others follow at the next look.
const AT_ONCE: i64 = 500;

const OPEN: &str =
    "SELECT v.organisation_id, v.id, v.team_id, v.business_date, v.checked_in_at, o.time_zone FROM visits v
    JOIN organisations o ON o.id = v.organisation_id
    WHERE v.checked_out_at IS NULL AND v.checked_in_at < $1 ORDER BY v.checked_in_at LIMIT $2";

impl Visits {
    /// Closes forgotten visits, now and every minute.
    pub async fn close_forgotten(self: Arc<Self>) {
        let mut minutely = tokio::time::interval(EVERY);
        loop {
            minutely.tick().await;
            if let Err(error) = self.close_forgotten_once().await {
                tracing::error!(%error, "forgotten visits could not be closed");
            }
        }
    }

    /// Closes visits whose business day is over, at the end of the team's working hours or of the day. Gives the number closed. Several processes may do
    /// it at once: each visit is closed by one.
    pub async fn close_forgotten_once(&self) -> Result<u64, StoreError> {
        let now = self.outside.now();
        let open = query!(
            &mut self.db.read().await?,
            fetch_all as (Uuid, Uuid, Uuid, NaiveDate, DateTime<Utc>, String),
            OPEN,
            now,
            AT_ONCE
        )
        .on("visits")?;
        let mut closed = 0;
        for (organisation, id, team, date, checked_in_at, zone) in open {
            let (organisation, id) = (OrganisationId(organisation), VisitId(id));
            let zone = zone.parse().map_err(|_| StoreError::Corrupt {
                table: "organisations",
                column: "time_zone",
                value: zone.clone(),
            })?;
            let end = day_end(date, &zone);
            if end > now {
                continue;
            }
            let mut db = self.db.begin().await?;
            let hours = team_settings(&mut db, organisation, TeamId(team)).await?.work_hours;
            let work_end = hours.map(|hours| moment(date.and_time(hours.to.time()), &zone));
            let end = work_end.filter(|at| *at > checked_in_at).unwrap_or(end);
            if !changes::close(&mut db, organisation, id, end).await? {
                continue;
            }
            let Some(visit) = store::in_organisation(&mut db, organisation, id).await? else { continue };
            let activity = Activity::of_itself(organisation, Kind::VisitCheckedOut, id);
            self.tell(db, &activity, &visit).await?;
            closed += 1;
        }
        Ok(closed)
    }
}
