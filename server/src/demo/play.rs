//! A day played through the public API, as any program could: reps 2 to 8 sign in, check in nearby, take a photo,
//! check out. Rep 1 is left to whoever is watching.

use std::time::Duration;

use chrono::{DateTime, Utc};
use ekenko_domain::{
    customer::Location,
    employee::{Credentials, Refresh, Tokens},
    id::VisitId,
    page::Page,
    visit::{CheckIn, CheckOut, Outcome, Purpose, Visit},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{Dice, PASSWORD, picture::shop_front, seed::fix};
use crate::context::{Outside, System};

/// Plays until the process ends. `base` is the server's own address.
pub async fn play(base: String) {
    for rep in 2..=8 {
        let base = base.clone();
        tokio::spawn(async move {
            let mut player = Player {
                http: reqwest::Client::new(),
                base,
                rep,
                dice: Dice::new(System.now().timestamp_micros() as u64 ^ rep),
                tokens: None,
            };
            loop {
                if let Err(error) = player.round().await {
                    tracing::warn!(rep, %error, "a simulated rep stumbles");
                    player.tokens = None;
                    pause(5.0).await;
                }
            }
        });
    }
}

async fn pause(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

struct Player {
    http: reqwest::Client,
    base: String,
    rep: u64,
    dice: Dice,
    tokens: Option<(Tokens, DateTime<Utc>)>,
}

impl Player {
    /// One visit from walking up to leaving.
    async fn round(&mut self) -> Result<(), String> {
        pause(self.dice.between(2.0, 14.0)).await;
        self.signed_in().await?;
        let open: Page<Visit> = self.call("GET", "/visits?open=true&limit=1", None::<&()>).await?;
        let id = match open.items.first() {
            // Left open by an earlier run.
            Some(visit) => visit.id,
            None => self.check_in().await?,
        };
        pause(self.dice.between(2.0, 6.0)).await;
        let photo = shop_front(self.dice.next());
        let request = self.http.put(format!("{}/api/v1/visits/{id}/photo", self.base)).body(photo);
        let answer = request.bearer_auth(self.token()).send().await.map_err(|e| e.to_string())?;
        if !answer.status().is_success() {
            return Err(answer.text().await.unwrap_or_default());
        }
        pause(self.dice.between(8.0, 30.0)).await;
        let outcome =
            self.dice.pick(&[Outcome::ORDERED, Outcome::NO_ORDER, Outcome::COLLECTED, Outcome::ABSENT]);
        let body = CheckOut { outcome, notes: None, occurred_at: None };
        let _: Visit = self.call("POST", &format!("/visits/{id}/check-out"), Some(&body)).await?;
        Ok(())
    }

    async fn check_in(&mut self) -> Result<VisitId, String> {
        let (lat, lng) = (self.dice.between(13.71, 13.83), self.dice.between(100.515, 100.655));
        let near = format!("/locations?near={lat:.5},{lng:.5}&limit=5");
        let page: Page<Location> = self.call("GET", &near, None::<&()>).await?;
        let location = page.items.get(self.dice.below(page.items.len())).ok_or("no customers to visit")?;
        let mut bytes = [0; 16];
        System.fill(&mut bytes);
        let command = CheckIn {
            id: VisitId(uuid::Builder::from_random_bytes(bytes).into_uuid()),
            location_id: location.id,
            purpose: self.dice.pick(&[Purpose::OFFER, Purpose::COLLECT, Purpose::DELIVER, Purpose::SURVEY]),
            fix: fix(location, System.now(), &mut self.dice),
            occurred_at: None,
        };
        let visit: Visit = self.call("POST", "/visits", Some(&command)).await?;
        Ok(visit.id)
    }

    async fn signed_in(&mut self) -> Result<(), String> {
        let now = System.now();
        let tokens: Tokens = match self.tokens.take() {
            Some((tokens, until)) if now < until => {
                self.tokens = Some((tokens, until));
                return Ok(());
            }
            Some((tokens, _)) => {
                self.call("POST", "/auth/refresh", Some(&Refresh { refresh_token: tokens.refresh_token }))
                    .await?
            }
            None => {
                let email = format!("rep{}@ekenko.test", self.rep);
                self.call("POST", "/auth/login", Some(&Credentials { email, password: PASSWORD.into() }))
                    .await?
            }
        };
        let until = now + chrono::TimeDelta::seconds(tokens.expires_in - 60);
        self.tokens = Some((tokens, until));
        Ok(())
    }

    fn token(&self) -> &str {
        self.tokens.as_ref().map_or("", |(tokens, _)| &tokens.access_token)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, String> {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = if method == "POST" { self.http.post(url) } else { self.http.get(url) };
        if self.tokens.is_some() {
            request = request.bearer_auth(self.token());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|e| e.to_string())?;
        if answer.status().is_success() {
            answer.json().await.map_err(|e| e.to_string())
        } else {
            Err(answer.text().await.unwrap_or_default())
        }
    }
}
