//! What the server last said, changed by what it has not heard yet.

use chrono::NaiveDate;
use ekenko_domain::{
    dashboard::Dashboard,
    event::Kind as Told,
    id::VisitId,
    page::Page,
    plan::PlanSummary,
    task::{MoveTask, Task},
    visit::{CheckOut, PhotoRef, Visit},
};

use super::{Kind, Subject, Waiting};

/// The photo a command carries, as the server will tell of it; its size nobody has measured.
fn photo(item: &Waiting) -> Option<PhotoRef> {
    Some(PhotoRef { sha256: item.sha256.clone()?, width: 0, height: 0 })
}

fn body<T: serde::de::DeserializeOwned>(item: &Waiting) -> Option<T> {
    serde_json::from_str(item.body.as_deref()?).ok()
}

/// The visit as it will be; `None` when neither server nor device know it.
pub fn visit(id: VisitId, known: Option<Visit>, waiting: &[Waiting]) -> Option<Visit> {
    let items: Vec<&Waiting> = waiting.iter().filter(|item| item.subject == Subject::Visit(id)).collect();
    let mut visit = known.or_else(|| items.iter().find_map(|item| item.draft.clone()))?;
    for item in items {
        match item.kind {
            Kind::VisitPhoto => {
                if let Some(photo) = photo(item)
                    && visit.photos.iter().all(|there| there.sha256 != photo.sha256)
                {
                    visit.photos.push(photo.clone());
                    visit.photo = Some(photo);
                }
            }
            Kind::CheckOut => {
                if let Some(out) = body::<CheckOut>(item)
                    && visit.is_open()
                {
                    let at = out.occurred_at.unwrap_or(item.made_at).max(visit.checked_in_at);
                    visit.outcome = Some(out.outcome);
                    visit.notes = out.notes.map(|notes| notes.as_str().to_owned());
                    visit.duration_s = Some((at - visit.checked_in_at).num_seconds());
                    visit.checked_out_at = Some(at);
                }
            }
            _ => {}
        }
    }
    Some(visit)
}

/// The task as it will be.
pub fn task(mut task: Task, waiting: &[Waiting]) -> Task {
    for item in waiting.iter().filter(|item| item.subject == Subject::Task(task.id)) {
        if let (Kind::TaskMove, Some(to)) = (item.kind, body::<MoveTask>(item)) {
            task.status = to.status;
            task.changed_at = item.made_at;
            task.closed_at = (!to.status.is_open()).then_some(item.made_at);
            if let Some(comment) = to.comment {
                task.comment = comment.as_str().to_owned();
            }
        } else if item.kind == Kind::TaskPhoto {
            task.photo = photo(item).or(task.photo);
        }
    }
    task
}

/// Visits begun here that the server may not know, earliest first.
pub fn drafts(waiting: &[Waiting]) -> Vec<Visit> {
    let begun = waiting.iter().filter_map(|item| item.draft.as_ref());
    begun.filter_map(|draft| visit(draft.id, None, waiting)).collect()
}

/// The visits of a day, latest first, as they will be.
pub fn visits(page: &mut Page<Visit>, date: NaiveDate, waiting: &[Waiting]) {
    for known in &mut page.items {
        if let Some(changed) = visit(known.id, Some(known.clone()), waiting) {
            *known = changed;
        }
    }
    for draft in drafts(waiting) {
        if draft.business_date == date && page.items.iter().all(|known| known.id != draft.id) {
            page.items.insert(0, draft);
        }
    }
}

/// Open or closed tasks, as they will be.
pub fn tasks(page: &mut Page<Task>, closed: bool, waiting: &[Waiting]) {
    for known in &mut page.items {
        *known = task(known.clone(), waiting);
    }
    page.items.retain(|task| task.status.is_open() != closed);
}

/// The open visit as it will be, `known` being the one the server last told of.
pub fn open_visit(known: Option<Visit>, waiting: &[Waiting]) -> Option<Visit> {
    let known = known.and_then(|open| visit(open.id, Some(open), waiting)).filter(Visit::is_open);
    known.or_else(|| drafts(waiting).into_iter().rfind(Visit::is_open))
}

/// The rep's day as it will be. One that was last seen on another day begins anew.
pub fn dashboard(day: &mut Dashboard, today: NaiveDate, waiting: &[Waiting]) {
    if day.date < today {
        day.date = today;
        (day.visits, day.verified) = (0, 0);
        day.plan = PlanSummary::default();
    }
    for draft in drafts(waiting) {
        if day.open_visit.as_ref().is_none_or(|open| open.id != draft.id) {
            day.visited(Told::VisitCheckedIn, &draft);
        }
    }
    day.open_visit = open_visit(day.open_visit.take(), waiting);
    for known in day.tasks.clone() {
        let changed = task(known.clone(), waiting);
        if changed != known {
            day.tasked(&changed);
        }
    }
}

#[cfg(test)]
mod tests {
    use ekenko_domain::{dashboard::Dashboard, task::TaskStatus};
    use serde_json::{Value, json};

    use super::*;

    const VISIT: &str = "5b6962dd-3f90-4c93-8f61-eabfa4a803e2";
    const TASK: &str = "0b1e3c58-4e6a-4a57-9d2f-0d4c2f3c9d11";
    const SHA256: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn draft(day: &str) -> Value {
        json!({
            "id": VISIT, "employee": { "id": TASK, "name": "Wipa" }, "team": { "id": TASK, "name": "South" },
            "location": {
                "id": TASK, "name": "Shop", "company": { "id": TASK, "name": "Shop" }, "address": "", "district": "",
                "province": "", "postcode": "", "phone": "", "lat": 13.7, "lng": 100.5, "radius_m": 150.0,
            },
            "purpose": "offer", "verdict": "verified", "reasons": [], "distance_m": 4.0,
            "evidence": {
                "pin": { "lat": 13.7, "lng": 100.5 }, "radius_m": 150.0, "fix": null, "distance_m": 4.0, "fix_age_s": 1.0,
                "received_at": format!("{day}T03:00:00Z"), "offline": false,
            },
            "checked_in_at": format!("{day}T03:00:00Z"), "business_date": day,
        })
    }

    fn waiting(seq: u64, subject: &str, kind: &str, more: Value) -> Waiting {
        let mut item = json!({ "seq": seq, "subject": subject, "kind": kind, "title": "Shop", "made_at": "2026-11-21T03:30:00Z" });
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(item).unwrap()
    }

    /// A whole visit that the server has not heard of.
    fn whole() -> Vec<Waiting> {
        let out =
            json!({ "outcome": "ordered", "notes": "two boxes", "occurred_at": "2026-11-21T03:20:00Z" });
        let subject = format!("visit:{VISIT}");
        vec![
            waiting(1, &subject, "check_in", json!({ "draft": draft("2026-11-21") })),
            waiting(2, &subject, "visit_photo", json!({ "sha256": SHA256 })),
            waiting(3, &subject, "check_out", json!({ "body": out.to_string() })),
        ]
    }

    fn day(date: &str) -> Dashboard {
        Dashboard {
            date: date.parse().unwrap(),
            visits: 3,
            verified: 2,
            target: 8,
            open_visit: None,
            plan: PlanSummary::default(),
            tasks: Vec::new(),
            announcements: Vec::new(),
            streams: Default::default(),
        }
    }

    #[test]
    fn a_visit_is_seen_as_far_as_it_was_made() {
        let (items, id) = (whole(), VISIT.parse().unwrap());
        assert_eq!(visit(id, None, &[]), None);
        let begun = visit(id, None, &items[..1]).unwrap();
        assert!(begun.is_open() && begun.photos.is_empty());
        let shown = visit(id, None, &items[..2]).unwrap();
        assert_eq!(shown.photo.as_ref().map(|photo| photo.sha256.as_str()), Some(SHA256));
        let done = visit(id, None, &items).unwrap();
        assert_eq!((done.duration_s, done.notes.as_deref()), (Some(1200), Some("two boxes")));
        // The server knows the check-in and the photo already: nothing is there twice.
        let later = visit(id, Some(shown), &items[1..]).unwrap();
        assert_eq!(later, done);
    }

    #[test]
    fn the_open_visit_is_the_one_begun_here_until_it_is_closed_here() {
        let items = whole();
        assert_eq!(open_visit(None, &items[..2]).map(|visit| visit.id.to_string()), Some(VISIT.into()));
        assert_eq!(open_visit(None, &items), None);
        let known = visit(VISIT.parse().unwrap(), None, &items[..2]);
        assert_eq!(open_visit(known.clone(), &items[2..]), None);
        assert_eq!(open_visit(known.clone(), &[]), known);
    }

    #[test]
    fn the_day_counts_what_was_done_here_once() {
        let today = "2026-11-21".parse().unwrap();
        let mut seen = day("2026-11-21");
        dashboard(&mut seen, today, &whole());
        assert_eq!((seen.visits, seen.verified, seen.open_visit.is_none()), (4, 3, true));
        let mut known = day("2026-11-21");
        known.open_visit = visit(VISIT.parse().unwrap(), None, &whole()[..1]);
        dashboard(&mut known, today, &whole());
        assert_eq!(
            (known.visits, known.open_visit),
            (3, None),
            "the server counted it before its answer got lost"
        );
        let mut yesterday = day("2026-11-20");
        yesterday.plan.stops = 4;
        dashboard(&mut yesterday, today, &whole());
        assert_eq!(
            (yesterday.date, yesterday.visits, yesterday.plan.stops),
            (today, 1, 0),
            "a day seen yesterday begins anew"
        );
    }

    #[test]
    fn a_day_s_visits_begin_with_those_made_here() {
        let page = || Page { items: Vec::new(), next: None };
        let (mut today, mut other) = (page(), page());
        visits(&mut today, "2026-11-21".parse().unwrap(), &whole());
        visits(&mut other, "2026-11-20".parse().unwrap(), &whole());
        assert_eq!((today.items.len(), other.items.len()), (1, 0));
        let once = today.clone();
        visits(&mut today, "2026-11-21".parse().unwrap(), &whole());
        assert_eq!(today, once);
    }

    #[test]
    fn a_task_goes_where_it_was_moved() {
        let known: Task = serde_json::from_value(json!({
            "id": TASK, "title": "Return boxes", "details": "", "priority": "urgent", "status": "in_progress",
            "due_date": null, "location": null, "assignee": { "id": TASK, "name": "Wipa" },
            "team": { "id": TASK, "name": "South" }, "created_by": { "id": VISIT, "name": "Somsak" },
            "created_at": "2026-11-20T03:00:00Z", "changed_at": "2026-11-20T03:00:00Z", "closed_at": null, "comment": "",
            "photo": null,
        }))
        .unwrap();
        let subject = format!("task:{TASK}");
        let to = json!({ "status": "completed", "comment": "done" });
        let items = [
            waiting(1, &subject, "task_photo", json!({ "sha256": SHA256 })),
            waiting(2, &subject, "task_move", json!({ "body": to.to_string() })),
        ];
        let done = task(known.clone(), &items);
        assert_eq!((done.status, done.comment.as_str()), (TaskStatus::Completed, "done"));
        assert!(done.photo.is_some() && done.closed_at.is_some());
        let mut page = Page { items: vec![known], next: None };
        tasks(&mut page, false, &items);
        assert!(page.items.is_empty(), "it is no open task any more");
    }
}
