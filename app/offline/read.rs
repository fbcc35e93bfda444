//! Reading: what the server says, else what it last said, with what waits applied on top.

use chrono::NaiveDate;
use ekenko_domain::{
    customer::{Location, LocationStatus},
    dashboard::Dashboard,
    employee::Role,
    geo::Position,
    id::{LocationId, TaskId, VisitId},
    page::Page,
    problem::Problem,
    task::Task,
    visit::{Fix, Visit},
};

use super::overlay;
use crate::{
    api::{self, Answer, customers::Asked},
    platform,
};

/// One visit.
pub async fn visit(id: VisitId) -> Answer<Visit> {
    let (answer, waiting) = (api::visit(id).await, platform::waiting().await);
    match answer {
        Ok(known) => Ok(overlay::visit(id, Some(known.clone()), &waiting).unwrap_or(known)),
        Err(problem) => overlay::visit(id, None, &waiting).ok_or(problem),
    }
}

/// The reader's open visit.
pub async fn open_visit() -> Answer<Option<Visit>> {
    let (answer, waiting) = (api::open_visit().await, platform::waiting().await);
    match answer {
        Ok(known) => Ok(overlay::open_visit(known, &waiting)),
        // Never seen with signal: what this device did is all there is to know.
        Err(problem) if problem.is_passing() && !waiting.is_empty() => {
            Ok(overlay::open_visit(None, &waiting))
        }
        Err(problem) => Err(problem),
    }
}

/// The first visits of a day, latest first.
pub async fn visits(date: Option<NaiveDate>, today: NaiveDate) -> Answer<Page<Visit>> {
    let (answer, waiting) = (api::visits(date, None).await, platform::waiting().await);
    let mut page = match answer {
        Ok(page) => page,
        Err(problem) if problem.is_passing() && !overlay::drafts(&waiting).is_empty() => {
            Page { items: Vec::new(), next: None }
        }
        Err(problem) => return Err(problem),
    };
    overlay::visits(&mut page, date.unwrap_or(today), &waiting);
    Ok(page)
}

/// The rep's day; `today` by the device's clock.
pub async fn dashboard(today: NaiveDate) -> Answer<Dashboard> {
    let mut day = api::dashboard().await?;
    overlay::dashboard(&mut day, today, &platform::waiting().await);
    Ok(day)
}

/// One task.
pub async fn task(id: TaskId) -> Answer<Task> {
    Ok(overlay::task(api::task(id).await?, &platform::waiting().await))
}

/// The first tasks: open, most pressing first, or over, latest first.
pub async fn tasks(closed: bool) -> Answer<Page<Task>> {
    let mut page = api::tasks(closed, None).await?;
    overlay::tasks(&mut page, closed, &platform::waiting().await);
    Ok(page)
}

/// How many customers a search shows without signal.
const MOST_FOUND: usize = 100;

/// Locations, nearest first around `near` or by name; without signal those this device knows.
pub async fn locations(near: Option<Fix>, q: &str) -> Answer<Page<Location>> {
    let answer = api::locations(near, q, None).await;
    let near = near.map(|fix| fix.position());
    known(answer, |mut kept| {
        kept.retain(|location| near.is_none() || location.status != LocationStatus::Inactive);
        find(kept, near, q, "")
    })
    .await
}

/// Customers by name; without signal those this device knows.
pub async fn customers(asked: &Asked) -> Answer<Page<Location>> {
    let answer = api::customers::list(asked, None).await;
    known(answer, |mut kept| {
        let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        kept.retain(|location| {
            is(&asked.status, location.status.code()) && is(&asked.province, &location.province)
        });
        find(kept, None, &asked.q, &asked.grade)
    })
    .await
}

async fn known(
    answer: Answer<Page<Location>>,
    find: impl FnOnce(Vec<Location>) -> Vec<Location>,
) -> Answer<Page<Location>> {
    match answer {
        Ok(page) => {
            platform::keep_locations(&page.items).await;
            Ok(page)
        }
        Err(problem) if problem.is_passing() => {
            let kept = platform::kept_locations().await;
            if kept.is_empty() { Err(problem) } else { Ok(Page { items: find(kept), next: None }) }
        }
        Err(problem) => Err(problem),
    }
}

/// One location.
pub async fn location(id: LocationId) -> Answer<Location> {
    match api::location(id).await {
        Err(problem) if problem.is_passing() => {
            platform::kept_locations().await.into_iter().find(|kept| kept.id == id).ok_or(problem)
        }
        answer => answer,
    }
}

/// The search as the server does it: every name holds `q`, nearest first around `near`, else by name.
fn find(mut kept: Vec<Location>, near: Option<Position>, q: &str, grade: &str) -> Vec<Location> {
    let q = q.trim().to_lowercase();
    kept.retain(|location| {
        let named =
            location.name.to_lowercase().contains(&q) || location.company.name.to_lowercase().contains(&q);
        named && (grade.is_empty() || location.grade.is_some_and(|of| of.code() == grade))
    });
    for location in &mut kept {
        let pin = Position::new(location.lat, location.lng).ok();
        location.distance_m = near.zip(pin).map(|(near, pin)| near.distance_m(pin));
    }
    if near.is_some() {
        kept.sort_by(|one, other| {
            f64::total_cmp(&one.distance_m.unwrap_or(f64::MAX), &other.distance_m.unwrap_or(f64::MAX))
        });
    } else {
        kept.sort_by(|one, other| one.name.cmp(&other.name));
    }
    kept.truncate(MOST_FOUND);
    kept
}

/// Pieces of a rep's own customers that are kept for the time without signal, 200 each.
const MOST_PIECES: usize = 10;

/// Customers of whom everything is kept: contacts, tasks, the last visits.
const MOST_DETAILS: usize = 60;

/// Asks for everything a rep needs without signal, so that this device keeps it.
pub async fn keep_ready(role: Role, today: NaiveDate) -> Result<(), Problem> {
    if !platform::keeping().await {
        return Ok(());
    }
    api::me().await?;
    api::settings().await?;
    api::choices().await?;
    if role != Role::Rep {
        return Ok(());
    }
    api::dashboard().await?;
    api::open_visit().await?;
    api::plan(today).await?;
    api::visits(None, None).await?;
    let tasks = api::tasks(false, None).await?;
    for task in tasks.items {
        api::task(task.id).await?;
    }
    let mut details = MOST_DETAILS;
    let mut cursor = None;
    for _ in 0..MOST_PIECES {
        let page = api::own_customers(cursor.as_deref()).await?;
        platform::keep_locations(&page.items).await;
        for location in page.items.iter().take(details) {
            api::customer(location.id).await?;
        }
        details = details.saturating_sub(page.items.len());
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    platform::kept_all().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(name: &str, lat: f64) -> Location {
        serde_json::from_value(serde_json::json!({
            "id": uuid::Uuid::new_v4(), "name": name, "company": { "id": uuid::Uuid::new_v4(), "name": name },
            "address": "", "district": "", "province": "", "postcode": "", "phone": "", "lat": lat, "lng": 100.5,
            "radius_m": 150.0, "grade": if name.starts_with('B') { "b" } else { "a" },
        }))
        .unwrap()
    }

    #[test]
    fn kept_customers_are_found_by_distance_name_and_grade() {
        let kept = vec![location("Big ร้านสีลม", 13.73), location("Ant สีลม", 13.70), location("Cat", 13.74)];
        let names = |near: Option<Position>, q: &str, grade: &str| {
            find(kept.clone(), near, q, grade).into_iter().map(|l| l.name).collect::<Vec<_>>()
        };
        let here = Position::new(13.75, 100.5).ok();
        assert_eq!(names(here, "", ""), ["Cat", "Big ร้านสีลม", "Ant สีลม"]);
        assert_eq!(names(None, "", ""), ["Ant สีลม", "Big ร้านสีลม", "Cat"]);
        assert_eq!(names(here, "สีลม", ""), ["Big ร้านสีลม", "Ant สีลม"]);
        assert_eq!(names(None, " bIG", ""), ["Big ร้านสีลม"]);
        assert_eq!(names(None, "", "b"), ["Big ร้านสีลม"]);
        assert!(
            find(kept.clone(), here, "", "")[0].distance_m.is_some_and(|m| (1000.0..1200.0).contains(&m))
        );
    }
}
