//! A small organisation, and a rep's work in it.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    customer::Location,
    employee::{EmployeeRef, OrganisationRef, Role, TeamRef},
    geo::EARTH_RADIUS_M,
    text::{Email, Name},
};
use ekenko_server::{context::Outside, customers::Search, identity::NewEmployee};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Client, TestApp, new_photo};

pub const PASSWORD: &str = "correct horse battery";

/// North: manager1 with rep1 and rep2. South: manager2 with rep3. Each `…@NAME.test`.
pub struct Firm {
    pub name: &'static str,
    pub organisation: OrganisationRef,
    pub north: TeamRef,
    pub south: TeamRef,
    pub rep1: EmployeeRef,
    pub rep2: EmployeeRef,
    /// By name: Central Market, ร้านเจ๊หมวย, ห้างทอง 100%.
    pub locations: Vec<Location>,
}

const LOCATIONS: &str = "name,company,address,lat,lng
Central Market,Market Co,1 Main Road,13.7563,100.5018
ร้านเจ๊หมวย,,99/1 ถนนพหลโยธิน,13.7600,100.5018
ห้างทอง 100%,ทอง_ทวี,,13.8563,100.5018
";

impl Firm {
    pub async fn new(app: &TestApp, name: &'static str) -> Self {
        let identity = &app.app.identity;
        // One hash for all: making one is slow on purpose.
        let hash = identity.passwords.hash(PASSWORD).await.unwrap();
        let mut db = app.app.db.begin().await.unwrap();
        let organisation = identity
            .add_organisation(&mut db, Name::parse(name).unwrap(), "Asia/Bangkok".parse().unwrap(), false)
            .await
            .unwrap();
        let id = organisation.id;
        let north = identity.add_team(&mut db, id, Name::parse("North").unwrap()).await.unwrap();
        let south = identity.add_team(&mut db, id, Name::parse("South").unwrap()).await.unwrap();
        let mut people = Vec::new();
        for (who, role, team) in [
            ("admin", Role::Admin, None),
            ("manager1", Role::Manager, None),
            ("manager2", Role::Manager, None),
            ("rep1", Role::Rep, Some(north.id)),
            ("rep2", Role::Rep, Some(north.id)),
            ("rep3", Role::Rep, Some(south.id)),
        ] {
            let new = NewEmployee {
                name: Name::parse(format!("{who} of {name}")).unwrap(),
                email: Email::parse(format!("{who}@{name}.test")).unwrap(),
                role,
                team,
                password_hash: hash.clone(),
            };
            people.push(identity.add_employee(&mut db, id, new).await.unwrap());
        }
        identity.add_manager(&mut db, id, north.id, people[1].id).await.unwrap();
        identity.add_manager(&mut db, id, south.id, people[2].id).await.unwrap();
        db.commit().await.unwrap();
        let admin = app.admin(name).await;
        app.app.customers.import(&admin, LOCATIONS.as_bytes(), false, &|_, _| {}).await.unwrap();
        let everything = Search { limit: 10, ..Search::default() };
        let locations = app.app.customers.search(&admin, &everything).await.unwrap().items;
        let [rep1, rep2] = [3, 4].map(|n: usize| people[n].clone());
        Self { name, organisation, north, south, rep1, rep2, locations }
    }

    pub async fn sign_in(&self, app: &TestApp, who: &str) -> Client {
        app.sign_in(&format!("{who}@{}.test", self.name)).await
    }

    /// Lets an analyst join, `analyst@…`.
    pub async fn analyst(&self, app: &TestApp) -> Client {
        let email = format!("analyst@{}.test", self.name);
        let analyst = json!({ "id": Uuid::new_v4(), "name": "Anong", "email": email, "role": "analyst" });
        let invited = self.sign_in(app, "admin").await.post("/employees", &analyst).await.ok(201);
        let token = invited["link"].as_str().unwrap().split_once("token=").unwrap().1;
        let command = json!({ "token": token, "new_password": PASSWORD });
        app.anonymous().post("/auth/set-password", &command).await.ok(200);
        self.sign_in(app, "analyst").await
    }

    /// Central Market.
    pub fn market(&self) -> &Location {
        &self.locations[0]
    }

    pub fn north_stream(&self) -> String {
        format!("team:{}", self.north.id)
    }
}

/// The body of a check-in with a fresh id, a metre or so from the pin and never at the same point twice.
pub fn check_in(app: &TestApp, location: &Location) -> Value {
    let chance = Uuid::new_v4().as_u64_pair().1 % 1_000_000;
    beside(app.clock.now(), location, 1.0 + chance as f64 / 1e6)
}

/// A check-in this far north of the pin, with a fix of 10 m taken at `at`.
pub fn beside(at: DateTime<Utc>, location: &Location, north_m: f64) -> Value {
    let lat = location.lat + (north_m / EARTH_RADIUS_M).to_degrees();
    json!({
        "id": Uuid::new_v4(),
        "location_id": location.id,
        "purpose": "offer",
        "fix": { "lat": lat, "lng": location.lng, "accuracy_m": 10.0, "taken_at": at },
    })
}

/// Check-in, photo and check-out: three events. Gives the visit's id.
pub async fn visit_done(app: &TestApp, rep: &Client, location: &Location, check_out: &Value) -> String {
    let body = check_in(app, location);
    rep.post("/visits", &body).await.ok(201);
    let id = body["id"].as_str().unwrap().to_owned();
    rep.put_photo(&id, &new_photo()).await.ok(200);
    rep.post(&format!("/visits/{id}/check-out"), check_out).await.ok(200);
    id
}

/// So many whole visits, one after another.
pub async fn days_work(app: TestApp, rep: Client, location: Location, visits: usize) {
    for _ in 0..visits {
        visit_done(&app, &rep, &location, &json!({ "outcome": "ordered" })).await;
    }
}
