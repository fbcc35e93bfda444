//! What the server last said, changed by what it has not heard yet.

use chrono::NaiveDate;
use ekenko_domain::{
    dashboard::Dashboard,
    event::Kind as Told,
    id::VisitId,
    page::Page,
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
