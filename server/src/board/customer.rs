//! A customer, put together from the places, visits and tasks.

use ekenko_domain::{customer::CustomerDetails, id::LocationId};

use super::Boards;
use crate::{db::StoreError, identity::Caller};

/// Visits and tasks shown with a customer.
const MOST: usize = 20;

impl Boards {
    /// All one wants to know before going in; `None` when there is no such location in the caller's organisation.
    pub async fn customer(
        &self,
        caller: &Caller,
        id: LocationId,
    ) -> Result<Option<CustomerDetails>, StoreError> {
        let mut db = self.db.snapshot().await?;
        let Some((location, company, owner, contacts)) =
            self.customers.described(&mut db, caller, id).await?
        else {
            return Ok(None);
        };
        // The id asked for may be of one that was merged into it.
        let id = location.id;
        Ok(Some(CustomerDetails {
            location,
            company,
            owner,
            contacts,
            visits: self.visits.at(&mut db, caller, id, MOST).await?,
            tasks: self.tasks.at(&mut db, caller, id, MOST).await?,
            last_visit_at: self.visits.last_at(&mut db, caller, id).await?,
        }))
    }
}
