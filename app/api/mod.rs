//! The API as the pages call it: one function an endpoint, with the domain's own types on both ends. In a browser they
//! travel over HTTP; while the server renders, they go to the same router in-process.

pub mod announcements;
pub mod customers;
pub mod reports;
pub mod staff;
pub mod tasks;
pub mod verification;

use chrono::NaiveDate;
use ekenko_domain::{
    board::{Board, Pins, Seen},
    choices::Choices,
    customer::{Contact, CustomerDetails, EditContact, ImportReport, Location, NewLocation},
    dashboard::Dashboard,
    employee::{ChangePassword, Credentials, Me, OrganisationRef, OrganisationSettings, Setup, SignedIn},
    feed::{FeedPage, Topic, Whose},
    id::{ContactId, LocationId, TaskId, VisitId},
    import::{ImportPreview, Mapping},
    page::Page,
    plan::{Plan, SetPlan, StopList},
    problem::Problem,
    settings::Settings,
    statistics::Statistics,
    task::{MoveTask, NewTask, Task},
    visit::{CheckIn, CheckOut, Fix, PhotoRef, Visit},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::platform::{self, Content, Request, Response};

/// What a page gets: the answer, or a problem it can show.
pub type Answer<T> = Result<T, Problem>;

async fn send(method: &'static str, path: String, body: Content) -> Answer<Response> {
    let answer = platform::send(Request { method, path: format!("/api/v1{path}"), body }).await?;
    if (200..300).contains(&answer.status) { Ok(answer) } else { Err(problem(&answer)) }
}

/// The problem an answer tells of.
pub(crate) fn problem(answer: &Response) -> Problem {
    serde_json::from_slice(&answer.body)
        .unwrap_or_else(|_| Problem::new(answer.status, "unreadable", format!("HTTP {}", answer.status)))
}

/// The value an answer carries.
pub(crate) fn read<T: DeserializeOwned>(answer: &Response) -> Answer<T> {
    serde_json::from_slice(&answer.body).map_err(|error| Problem::new(0, "unreadable", error.to_string()))
}

async fn get<T: DeserializeOwned>(path: String) -> Answer<T> {
    read(&send("GET", path, Content::None).await?)
}

async fn send_json(method: &'static str, path: String, body: &impl Serialize) -> Answer<Response> {
    let body = serde_json::to_string(body).map_err(|error| Problem::invalid("body", error))?;
    send(method, path, Content::Json(body)).await
}

async fn post<T: DeserializeOwned>(path: String, body: &impl Serialize) -> Answer<T> {
    read(&send_json("POST", path, body).await?)
}

async fn put<T: DeserializeOwned>(path: String, body: &impl Serialize) -> Answer<T> {
    read(&send_json("PUT", path, body).await?)
}

/// A list's first piece, or the one behind `cursor`.
async fn page<T: DeserializeOwned>(path: String, cursor: Option<&str>) -> Answer<Page<T>> {
    get(path + &cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default()).await
}

/// A value as it may stand in a query.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~,:".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Starts a session.
pub async fn sign_in(credentials: &Credentials) -> Answer<SignedIn> {
    post("/auth/session".into(), credentials).await
}

/// Ends it.
pub async fn sign_out() -> Answer<()> {
    send("DELETE", "/auth/session".into(), Content::None).await.map(drop)
}

/// Whether the first admin is still to be made.
pub async fn setup_needed() -> Answer<bool> {
    let state: Value = get("/setup".into()).await?;
    Ok(state["needed"] == true)
}

/// Makes the first admin.
pub async fn set_up(setup: &Setup) -> Answer<SignedIn> {
    post("/setup".into(), setup).await
}

/// The reader.
pub async fn me() -> Answer<Me> {
    get("/me".into()).await
}

/// The reader's last weeks.
pub async fn statistics() -> Answer<Statistics> {
    get("/me/statistics".into()).await
}

/// Changes the reader's password.
pub async fn change_password(change: &ChangePassword) -> Answer<()> {
    send_json("POST", "/me/password".into(), change).await.map(drop)
}

/// Changes the organisation's settings.
pub async fn change_organisation(change: &OrganisationSettings) -> Answer<OrganisationRef> {
    put("/organisation".into(), change).await
}

/// What a visit may be for and what may come of it.
pub async fn choices() -> Answer<Choices> {
    get("/choices".into()).await
}

/// Sets both lists.
pub async fn set_choices(choices: &Choices) -> Answer<Choices> {
    put("/choices".into(), choices).await
}

/// The reader's plan of a day.
pub async fn plan(date: NaiveDate) -> Answer<Plan> {
    get(format!("/plan?date={date}")).await
}

/// Plans a day.
pub async fn set_plan(date: NaiveDate, stops: Vec<LocationId>) -> Answer<Plan> {
    let stops = StopList::try_from(stops).map_err(|error| Problem::invalid("stops", error))?;
    put(format!("/plan?date={date}"), &SetPlan { stops }).await
}

/// Sends the reader's picture.
pub async fn put_avatar(bytes: Vec<u8>) -> Answer<Me> {
    read(&send("PUT", "/me/avatar".into(), Content::Bytes(bytes)).await?)
}

/// Removes it.
pub async fn remove_avatar() -> Answer<()> {
    send("DELETE", "/me/avatar".into(), Content::None).await.map(drop)
}

/// The installation's settings.
pub async fn settings() -> Answer<Settings> {
    get("/settings".into()).await
}

/// Locations, nearest first around `near` or by name.
pub async fn locations(near: Option<Fix>, q: &str, cursor: Option<&str>) -> Answer<Page<Location>> {
    let mut path = String::from("/locations?limit=30");
    if let Some(fix) = near {
        path += &format!("&near={},{}", fix.lat.get(), fix.lng.get());
    }
    if !q.trim().is_empty() {
        path += &format!("&q={}", escaped(q));
    }
    page(path, cursor).await
}

/// The reader's own customers, many at once.
pub async fn own_customers(cursor: Option<&str>) -> Answer<Page<Location>> {
    let mut path = String::from("/locations?limit=200&mine=true");
    if let Some(cursor) = cursor {
        path += &format!("&cursor={cursor}");
    }
    get(path).await
}

/// All of one customer.
pub async fn customer(id: LocationId) -> Answer<CustomerDetails> {
    get(format!("/locations/{id}/details")).await
}

/// Adds a customer.
pub async fn add_customer(new: &NewLocation) -> Answer<Location> {
    post("/locations".into(), new).await
}

/// Makes or replaces a contact.
pub async fn put_contact(id: ContactId, edit: &EditContact) -> Answer<Contact> {
    put(format!("/contacts/{id}"), edit).await
}

/// Removes a contact.
pub async fn remove_contact(id: ContactId) -> Answer<()> {
    send("DELETE", format!("/contacts/{id}"), Content::None).await.map(drop)
}

/// One location.
pub async fn location(id: LocationId) -> Answer<Location> {
    get(format!("/locations/{id}")).await
}

/// Opens a visit.
pub async fn check_in(command: &CheckIn) -> Answer<Visit> {
    post("/visits".into(), command).await
}

/// Sends a visit's photo.
pub async fn put_photo(id: VisitId, bytes: Vec<u8>) -> Answer<PhotoRef> {
    read(&send("PUT", format!("/visits/{id}/photo"), Content::Bytes(bytes)).await?)
}

/// Closes a visit.
pub async fn check_out(id: VisitId, command: &CheckOut) -> Answer<Visit> {
    post(format!("/visits/{id}/check-out"), command).await
}

/// One visit.
pub async fn visit(id: VisitId) -> Answer<Visit> {
    get(format!("/visits/{id}")).await
}

/// The visits of a day, latest first; today's without a date.
pub async fn visits(date: Option<NaiveDate>, cursor: Option<&str>) -> Answer<Page<Visit>> {
    let mut path = String::from("/visits?limit=50");
    if let Some(date) = date {
        path += &format!("&date={date}");
    }
    page(path, cursor).await
}

/// The reader's open visit.
pub async fn open_visit() -> Answer<Option<Visit>> {
    let page: Page<Visit> = get("/visits?open=true&limit=1".into()).await?;
    Ok(page.items.into_iter().next())
}

/// The rep's own day.
pub async fn dashboard() -> Answer<Dashboard> {
    get("/dashboard".into()).await
}

/// Open tasks, most pressing first, or those that are over, latest first.
pub async fn tasks(closed: bool, cursor: Option<&str>) -> Answer<Page<Task>> {
    page(format!("/tasks?limit=50&state={}", if closed { "closed" } else { "open" }), cursor).await
}

/// One task.
pub async fn task(id: TaskId) -> Answer<Task> {
    get(format!("/tasks/{id}")).await
}

/// Gives a task.
pub async fn new_task(new: &NewTask) -> Answer<Task> {
    post("/tasks".into(), new).await
}

/// Moves a task.
pub async fn move_task(id: TaskId, to: &MoveTask) -> Answer<Task> {
    post(format!("/tasks/{id}/status"), to).await
}

/// Sends a task's photo.
pub async fn put_task_photo(id: TaskId, bytes: Vec<u8>) -> Answer<PhotoRef> {
    read(&send("PUT", format!("/tasks/{id}/photo"), Content::Bytes(bytes)).await?)
}

/// Whose work, behind a date or nothing.
fn whose(date: Option<NaiveDate>, whose: Whose) -> String {
    let date = date.map(|date| format!("&date={date}")).unwrap_or_default();
    let team = whose.team.map(|id| format!("&team_id={id}")).unwrap_or_default();
    let employee = whose.employee.map(|id| format!("&employee_id={id}")).unwrap_or_default();
    format!("{date}{team}{employee}")
}

/// The manager's day.
pub async fn board(date: Option<NaiveDate>, of: Whose) -> Answer<Board> {
    get(format!("/board?{}", whose(date, of).trim_start_matches('&'))).await
}

/// Its map.
pub async fn pins(date: Option<NaiveDate>, of: Whose) -> Answer<Pins> {
    get(format!("/board/pins?{}", whose(date, of).trim_start_matches('&'))).await
}

/// What happened up to the end of a day, of one topic or all, or the piece behind `cursor`.
pub async fn feed(
    date: Option<NaiveDate>,
    topic: Option<Topic>,
    of: Whose,
    cursor: Option<&str>,
) -> Answer<FeedPage> {
    let topic = topic.map(|topic| format!("&topic={}", topic.code())).unwrap_or_default();
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    get(format!("/feed?limit=50{}{topic}{cursor}", whose(date, of))).await
}

/// When the reps' devices were last heard of.
pub async fn presence() -> Answer<Seen> {
    get("/presence".into()).await
}

/// What a file of customers holds.
pub async fn preview_import(file: Vec<u8>) -> Answer<ImportPreview> {
    read(&send("POST", "/imports/locations/preview".into(), Content::Bytes(file)).await?)
}

/// Imports customers from the columns that `mapping` tells; `progress` hears how many rows of how many are done.
pub async fn import_locations(
    file: Vec<u8>,
    mapping: &Mapping,
    dry_run: bool,
    mut progress: impl FnMut(u64, u64),
) -> Answer<ImportReport> {
    let path = format!("/api/v1/imports/locations?dry_run={dry_run}&mapping={mapping}");
    let mut last: Option<Answer<ImportReport>> = None;
    let unreadable = |error: serde_json::Error| Problem::new(0, "unreadable", error.to_string());
    let answer = platform::send_lines(Request { method: "POST", path, body: Content::Bytes(file) }, |line| {
        let line: Value = serde_json::from_str(&line).unwrap_or_default();
        if let Some(now) = line.get("progress") {
            progress(now["done"].as_u64().unwrap_or_default(), now["total"].as_u64().unwrap_or_default());
        } else if let Some(report) = line.get("report") {
            last = Some(serde_json::from_value(report.clone()).map_err(unreadable));
        } else if let Some(problem) = line.get("problem") {
            last = Some(Err(serde_json::from_value(problem.clone()).unwrap_or_else(unreadable)));
        }
    })
    .await?;
    match last {
        Some(last) if answer.status == 200 => last,
        _ => Err(problem(&answer)),
    }
}
