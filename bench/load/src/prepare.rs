//! An installation to measure: 100,000 locations, reps in teams, filled through the services.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher};
use ekenko_domain::{
    employee::{Credentials, Role},
    id::TeamId,
    text::{Email, Name},
};
use ekenko_server::{
    App,
    config::Config,
    context::System,
    identity::{Caller, NewEmployee, Proof},
};

use crate::{Failure, PASSWORD, SECRET, spread};

/// How many locations there are.
pub const LOCATIONS: usize = 100_000;

/// Where the data lies: in a folder, and in a PostgreSQL database if there is one.
pub struct Installation {
    /// The data folder.
    pub data: tempfile::TempDir,
    /// The database's address.
    pub database_url: Option<String>,
}

impl Installation {
    /// The settings a server is started with on it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let data = ("EKENKO_DATA_DIR", self.data.path().display().to_string());
        let url = self.database_url.clone().map(|url| ("DATABASE_URL", url));
        [data, ("EKENKO_SECRET", SECRET.into())].into_iter().chain(url).collect()
    }

    /// Opens it in this process.
    pub async fn open(&self) -> Result<Arc<App>, Failure> {
        let settings = self.settings();
        let setting =
            |name: &str| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        Ok(App::start(Config::read(setting)?, Arc::new(System)).await?)
    }

    /// Fills it with so many reps, `rep0` and on, spread over so many teams; `manager` runs the first.
    pub async fn fill(&self, teams: usize, reps: usize) -> Result<(), Failure> {
        let app = self.open().await?;
        people(&app, teams, reps).await?;
        let admin = signed_in(&app, "admin").await?;
        app.customers.import(&admin, locations().as_bytes(), false, &|_, _| {}).await?;
        app.db.close().await;
        Ok(())
    }
}

/// Somebody of it, as the services know them.
pub async fn signed_in(app: &App, who: &str) -> Result<Caller, Failure> {
    let credentials = Credentials { email: format!("{who}@load.test"), password: PASSWORD.into() };
    let started = app.identity.sign_in(&credentials).await?;
    Ok(app.identity.authenticate(&Proof::Cookie(started.secret)).await?)
}

/// Makes the people of it.
pub async fn people(app: &App, teams: usize, reps: usize) -> Result<(), Failure> {
    let mut db = app.db.begin().await?;
    let identity = &app.identity;
    let org = identity
        .add_organisation(&mut db, Name::parse("Load")?, ekenko_domain::day::TimeZone::bangkok(), false)
        .await?
        .id;
    let mut ids = Vec::new();
    for team in 0..teams {
        ids.push(identity.add_team(&mut db, org, Name::parse(format!("Team {team}"))?).await?.id);
    }
    // Thousands of accounts sign in: their hashes are as cheap as the format allows.
    let cheap = Params::new(8, 1, 1, None).map_err(|e| e.to_string())?;
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
    let hash = cheap.hash_password(PASSWORD.as_bytes()).map_err(|e| e.to_string())?.to_string();
    let account = |who: &str, role, team: Option<TeamId>| -> Result<NewEmployee, Failure> {
        let email = Email::parse(format!("{who}@load.test"))?;
        Ok(NewEmployee { name: Name::parse(who)?, email, role, team, password_hash: hash.clone() })
    };
    identity.add_employee(&mut db, org, account("admin", Role::Admin, None)?).await?;
    let manager = identity.add_employee(&mut db, org, account("manager", Role::Manager, None)?).await?;
    identity.add_manager(&mut db, org, ids[0], manager.id).await?;
    for rep in 0..reps {
        let team = Some(ids[rep % teams]);
        identity.add_employee(&mut db, org, account(&format!("rep{rep}"), Role::Rep, team)?).await?;
    }
    Ok(db.commit().await?)
}

const KINDS: [&str; 8] =
    ["ร้านชำ", "มินิมาร์ท", "ร้านขายของ", "ซูเปอร์", "ร้านอาหาร", "ร้านกาแฟ", "ร้านก๋วยเตี๋ยว", "โชห่วย"];
const OWNERS: [&str; 10] =
    ["เจ๊หมวย", "ป้าสมศรี", "ลุงชัย", "น้องแป้ง", "เฮียตี๋", "ครูแดง", "แม่ละไม", "ทรัพย์เจริญ", "โชคดี", "พรชัย"];
const DISTRICTS: [&str; 8] = ["บางรัก", "สาทร", "ปทุมวัน", "จตุจักร", "ลาดพร้าว", "คลองเตย", "ห้วยขวาง", "ดินแดง"];
const CHAINS: [&str; 6] = ["Lucky", "Golden", "Siam", "Royal", "Fresh", "City"];
const SHOPS: [&str; 6] = ["Mart", "Shop", "Store", "Pharmacy", "Cafe", "Trading"];

fn pick<'a>(from: &[&'a str], n: usize) -> &'a str {
    from[(spread(n as u64) * from.len() as f64) as usize % from.len()]
}

/// The name of a location: three in ten in Latin letters; a few hundred begin with a name that comes late in the list.
pub fn name(n: usize) -> String {
    let at = n * 8;
    let district = pick(&DISTRICTS, at);
    match n % 100 {
        0..27 => format!("{} {} {n}", pick(&CHAINS, at + 1), pick(&SHOPS, at + 2)),
        27..30 => format!("Zebra {district} {n}"),
        30..33 => format!("ร้านเจริญ{} {n}", pick(&OWNERS, at + 3)),
        _ => format!("{}{} {district} {n}", pick(&KINDS, at + 4), pick(&OWNERS, at + 3)),
    }
}

/// Half in Bangkok's built-up area, half over the country, as shops are.
fn locations() -> String {
    let mut csv = String::from("name,address,district,province,postcode,lat,lng\n");
    for n in 0..LOCATIONS {
        let (a, b) = (spread(n as u64 * 2), spread(n as u64 * 2 + 1));
        let (lat, lng) =
            if n % 2 == 0 { (13.60 + a * 0.35, 100.35 + b * 0.45) } else { (6.0 + a * 14.0, 98.0 + b * 7.0) };
        let (name, district, street) = (name(n), pick(&DISTRICTS, n * 8), pick(&DISTRICTS, n * 8 + 5));
        let house = n % 400;
        csv += &format!(
            "{name},{house} ถนน{street},{district},กรุงเทพมหานคร,10{:03},{lat:.6},{lng:.6}\n",
            n % 900
        );
    }
    csv
}
