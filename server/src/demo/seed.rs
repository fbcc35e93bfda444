//! Two weeks of a small distributor, played through the services on a clock of the past.

use std::{fs, sync::Arc};

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use ekenko_domain::{
    customer::{EditContact, Location},
    employee::{Credentials, Role},
    geo::{EARTH_RADIUS_M, Position},
    id::{ContactId, VisitId},
    text::{Email, InvalidText, Line, Name, Notes},
    visit::{CheckIn, CheckOut, Fix, Outcome, Purpose},
};

use super::{
    Dice, PASSWORD,
    duties::duties,
    names::{DISTRICTS, KINDS, OWNERS, REPS},
    picture::shop_front,
};
use crate::{
    App, DATABASE,
    config::Config,
    context::{Outside, Replay, System, new_id},
    customers::Search,
    identity::{Caller, NewEmployee, Proof},
};

/// What `make run` prints.
pub const ACCOUNTS: &str = "Demo accounts, all with the password ekenko-demo:
  manager1@ekenko.test   watches reps 1 to 4
  manager2@ekenko.test   watches reps 5 to 8
  rep1@ekenko.test … rep8@ekenko.test
  admin@ekenko.test";

/// How many customers there are.
const CUSTOMERS: usize = 200;
/// How many days of work lie behind.
const DAYS: u64 = 14;

/// Why the demo could not be made.
#[derive(Debug, thiserror::Error)]
#[error("demo data: {0}")]
pub struct SeedError(String);

pub(super) fn failed(error: impl ToString) -> SeedError {
    SeedError(error.to_string())
}

/// Makes the demo where the settings point, if nobody has an account there yet. On SQLite it is made in a folder aside
/// and moved when whole, so that a start killed midway leaves nothing half-made.
pub async fn seed(config: &Config) -> Result<(), SeedError> {
    let config = Config { redis_url: None, ..config.clone() };
    let app = App::start(config.clone(), Arc::new(System)).await.map_err(failed)?;
    let (empty, now) = (app.identity.needs_setup().await.map_err(failed)?, app.outside.now());
    app.db.close().await;
    if !empty {
        return Ok(());
    }
    println!("Making demo data: two weeks of a small distributor in Bangkok …");
    if config.database_url.is_some() {
        return fill(config, now).await;
    }
    let (data, aside) = (config.data_dir.clone(), config.data_dir.join("demo-unfinished"));
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(failed)?;
    }
    fill(Config { data_dir: aside.clone(), ..config }, now).await?;
    fs::create_dir_all(data.join("photos")).map_err(failed)?;
    for photos in fs::read_dir(aside.join("photos")).map_err(failed)? {
        let photos = photos.map_err(failed)?;
        fs::rename(photos.path(), data.join("photos").join(photos.file_name())).map_err(failed)?;
    }
    // Last, for it makes the rest count.
    fs::rename(aside.join(DATABASE), data.join(DATABASE)).map_err(failed)?;
    fs::remove_dir_all(&aside).map_err(failed)
}

/// Plays the two weeks before `now` on a clock that can be set.
async fn fill(config: Config, now: DateTime<Utc>) -> Result<(), SeedError> {
    let clock = Arc::new(Replay::new(now - TimeDelta::days(DAYS as i64 + 1), 20));
    let app = App::start(config, clock.clone()).await.map_err(failed)?;
    let password_hash = app.identity.passwords.hash(PASSWORD).await.map_err(failed)?;
    people(&app, &password_hash).await?;
    let admin = caller(&app, "admin").await?;
    let csv = customers_csv();
    app.customers.import(&admin, csv.as_bytes(), false, &|_, _| {}).await.map_err(failed)?;
    for rep in 1..=REPS.len() {
        work(&app, &clock, rep, now).await?;
    }
    duties(&app, &clock, REPS.len(), now).await?;
    app.db.close().await;
    Ok(())
}

async fn people(app: &App, password_hash: &str) -> Result<(), SeedError> {
    let name = |text: &str| Name::parse(text).map_err(|e: InvalidText| failed(e));
    let account = |who: &str, full: &str, role, team| -> Result<NewEmployee, SeedError> {
        let email = Email::parse(format!("{who}@ekenko.test")).map_err(failed)?;
        Ok(NewEmployee { name: name(full)?, email, role, team, password_hash: password_hash.to_owned() })
    };
    let identity = &app.identity;
    let mut db = app.db.begin().await.map_err(failed)?;
    let org = identity
        .add_organisation(
            &mut db,
            name("บริษัท กรุงเทพกระจายสินค้า จำกัด")?,
            ekenko_domain::day::TimeZone::bangkok(),
            true,
        )
        .await
        .map_err(failed)?
        .id;
    let admin = account("admin", "วิภา ตั้งมั่น", Role::Admin, None)?;
    identity.add_employee(&mut db, org, admin).await.map_err(failed)?;
    for (index, (team, manager)) in
        [("ทีมกรุงเทพใต้", "สมชาย ใจกว้าง"), ("ทีมกรุงเทพเหนือ", "นภาพร รัตนกุล")].into_iter().enumerate()
    {
        let team = identity.add_team(&mut db, org, name(team)?).await.map_err(failed)?;
        let manager = account(&format!("manager{}", index + 1), manager, Role::Manager, None)?;
        let manager = identity.add_employee(&mut db, org, manager).await.map_err(failed)?;
        identity.add_manager(&mut db, org, team.id, manager.id).await.map_err(failed)?;
        for (rep, name) in REPS.into_iter().enumerate().skip(index * 4).take(4) {
            let rep = account(&format!("rep{}", rep + 1), name, Role::Rep, Some(team.id))?;
            identity.add_employee(&mut db, org, rep).await.map_err(failed)?;
        }
    }
    db.commit().await.map_err(failed)
}

/// Signs in as the product does.
pub(super) async fn caller(app: &App, who: &str) -> Result<Caller, SeedError> {
    let credentials = Credentials { email: format!("{who}@ekenko.test"), password: PASSWORD.into() };
    let started = app.identity.sign_in(&credentials).await.map_err(failed)?;
    let caller = app.identity.authenticate(&Proof::Cookie(started.secret)).await.map_err(failed)?;
    app.identity.sign_out(&caller).await.map_err(failed)?;
    Ok(caller)
}

fn customers_csv() -> String {
    let mut dice = Dice::new(7);
    let mut csv = String::from("name,company,address,district,province,postcode,phone,lat,lng,grade\n");
    for index in 0..CUSTOMERS {
        let district = &DISTRICTS[index % DISTRICTS.len()];
        let (kind, owner) =
            (KINDS[index % KINDS.len()], OWNERS[(index / KINDS.len() + index) % OWNERS.len()]);
        // Every tenth belongs to a chain with branches.
        let (name, company) = if index % 10 == 3 {
            (format!("มินิมาร์ททรัพย์เจริญ สาขา{} {}", district.name, index / 10 + 1), "ทรัพย์เจริญค้าปลีก".to_owned())
        } else {
            (format!("{kind}{owner} {}", district.name), String::new())
        };
        let (lat, lng) =
            (district.lat + dice.between(-0.012, 0.012), district.lng + dice.between(-0.012, 0.012));
        let house = dice.below(400) + 1;
        let grade = ["a", "b", "b", "c", "c"][index / DISTRICTS.len() % 5];
        let phone = format!("02-{:03}-{:04}", dice.below(900) + 100, dice.below(10_000));
        csv += &format!(
            "{name},{company},{house} {},{},กรุงเทพมหานคร,{},{phone},{lat:.6},{lng:.6},{grade}\n",
            district.street, district.name, district.postcode
        );
    }
    csv
}

/// Works through one rep's days: the last two weeks, and today up to half an hour ago.
async fn work(app: &App, clock: &Arc<Replay>, rep: usize, now: DateTime<Utc>) -> Result<(), SeedError> {
    clock.set(now - TimeDelta::days(DAYS as i64 + 1));
    let rep_caller = caller(app, &format!("rep{rep}")).await?;
    let mut dice = Dice::new(100 + rep as u64);
    let zone = rep_caller.organisation.time_zone.rules();
    let today = now.with_timezone(&zone).date_naive();
    let district = DISTRICTS[if rep <= 4 { 0 } else { 5 } + (rep - 1) % 4].name;
    let search =
        Search { q: ekenko_domain::text::Query::parse(district).ok(), limit: 60, ..Search::default() };
    let round = app.customers.search(&rep_caller, &search).await.map_err(failed)?.items;
    acquaint(app, clock, rep, &rep_caller, &round).await?;
    for back in (0..=DAYS).rev() {
        let date = today - Days::new(back);
        if date.weekday() == Weekday::Sun {
            continue;
        }
        let morning = date.and_time(NaiveTime::from_hms_opt(8, 30, 0).unwrap_or_default());
        let Some(morning) = zone.from_local_datetime(&morning).earliest() else { continue };
        let mut at = morning.with_timezone(&Utc) + TimeDelta::minutes(dice.below(40) as i64);
        for _ in 0..3 + dice.below(3) {
            let stay = TimeDelta::seconds(8 * 60 + dice.below(25 * 60) as i64);
            if at + stay > now - TimeDelta::minutes(30) {
                break;
            }
            let location = &round[dice.below(round.len())];
            visit(app, clock, &rep_caller, location, at, stay, &mut dice).await?;
            at += stay + TimeDelta::minutes(30 + dice.below(80) as i64);
        }
    }
    Ok(())
}

/// The rep looks after the round and knows whom to speak to at every third place.
async fn acquaint(
    app: &App,
    clock: &Arc<Replay>,
    rep: usize,
    rep_caller: &Caller,
    round: &[Location],
) -> Result<(), SeedError> {
    let manager = caller(app, if rep <= REPS.len() / 2 { "manager1" } else { "manager2" }).await?;
    let me = &rep_caller.employee;
    for (n, location) in round.iter().enumerate() {
        let reps = std::slice::from_ref(me);
        app.customers.set_owner(&manager, location.id, Some(me.id), reps).await.map_err(failed)?;
        if n % 3 == 0 {
            let line = |text: String| Line::parse(text).ok();
            let contact = EditContact {
                location_id: location.id,
                name: Name::parse(format!(
                    "คุณ{}",
                    OWNERS[(rep * 5 + n) % OWNERS.len()].trim_start_matches("คุณ")
                ))
                .map_err(failed)?,
                title: line(
                    if n % 2 == 0 {
                        "เจ้าของร้าน"
                    } else {
                        "ฝ่ายจัดซื้อ"
                    }
                    .into(),
                ),
                phone: line(format!("08{}{:07}", rep, 1_234_567 + n * 7_919)),
                line_id: if n % 2 == 0 { line(format!("shop{rep}{n:02}")) } else { None },
                email: None,
            };
            let id = ContactId(new_id(&**clock));
            app.customers.put_contact(rep_caller, id, &contact).await.map_err(failed)?;
        }
    }
    Ok(())
}

async fn visit(
    app: &App,
    clock: &Arc<Replay>,
    rep: &Caller,
    location: &Location,
    at: DateTime<Utc>,
    stay: TimeDelta,
    dice: &mut Dice,
) -> Result<(), SeedError> {
    clock.set(at);
    let id = VisitId(new_id(&**clock));
    let fix = fix(location, clock.now(), dice);
    let purpose =
        dice.pick(&[Purpose::OFFER, Purpose::OFFER, Purpose::COLLECT, Purpose::DELIVER, Purpose::SURVEY]);
    app.visits
        .check_in(rep, &CheckIn { id, location_id: location.id, purpose, fix, occurred_at: None }, None)
        .await
        .map_err(failed)?;
    clock.advance(TimeDelta::seconds(90));
    app.visits.put_photo(rep, id, shop_front(dice.next()).into()).await.map_err(failed)?;
    clock.set(at + stay);
    let outcome = match purpose {
        Purpose::COLLECT => Outcome::COLLECTED,
        Purpose::DELIVER => Outcome::DELIVERED,
        _ => dice.pick(&[Outcome::ORDERED, Outcome::ORDERED, Outcome::NO_ORDER, Outcome::ABSENT]),
    };
    let notes = dice.pick(&["", "", "ขอราคาใหม่สัปดาห์หน้า", "สต็อกเหลือน้อย", "เจ้าของไม่อยู่ ฝากใบเสนอราคาไว้"]);
    let notes = Notes::parse(notes).ok();
    app.visits
        .check_out(rep, id, &CheckOut { outcome, notes, occurred_at: None }, None)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Where the device says it is: mostly at the door, now and then not.
pub(super) fn fix(location: &Location, now: DateTime<Utc>, dice: &mut Dice) -> Option<Fix> {
    let (metres, accuracy, age) = match dice.below(20) {
        0 => (dice.between(400.0, 2_000.0), 12.0, 4),
        1 => (dice.between(0.0, 60.0), 650.0, 4),
        2 => (dice.between(0.0, 60.0), 15.0, 3_000),
        3 => return None,
        _ => (dice.between(2.0, 90.0), dice.between(4.0, 35.0), dice.below(20) as i64),
    };
    let bearing = dice.between(0.0, std::f64::consts::TAU);
    let north = (metres * bearing.cos() / EARTH_RADIUS_M).to_degrees();
    let east = (metres * bearing.sin() / EARTH_RADIUS_M).to_degrees() / location.lat.to_radians().cos();
    let at = Position::new(location.lat + north, location.lng + east).ok()?;
    Some(Fix {
        lat: at.lat,
        lng: at.lng,
        accuracy_m: accuracy.round().try_into().ok()?,
        taken_at: now - TimeDelta::seconds(age),
    })
}
