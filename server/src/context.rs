//! Time, randomness and ids come in from outside, so that tests can hold them still.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use ekenko_domain::day::to_micros;
use rand::{RngCore, SeedableRng, rngs::StdRng};
use uuid::Uuid;

/// Where time and randomness come from.
pub trait Outside: Send + Sync + 'static {
    /// Now, to the microsecond: the finest both databases give back unchanged.
    fn now(&self) -> DateTime<Utc>;
    /// Fills the bytes with what nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// The shared handle to the outside.
pub type Context = Arc<dyn Outside>;

/// The machine's clock and random source.
pub struct System;

impl Outside for System {
    #[allow(clippy::disallowed_methods, reason = "the one place that may read the clock")]
    fn now(&self) -> DateTime<Utc> {
        to_micros(Utc::now())
    }
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// A clock that moves when told to, and numbers that repeat: for tests and for demo data of the past.
pub struct Replay {
    now: Mutex<DateTime<Utc>>,
    rng: Mutex<StdRng>,
}

impl Replay {
    /// Stands still at `now`; the same seed gives the same numbers.
    pub fn new(now: DateTime<Utc>, seed: u64) -> Self {
        Self { now: Mutex::new(to_micros(now)), rng: Mutex::new(StdRng::seed_from_u64(seed)) }
    }
    /// Moves the clock.
    pub fn advance(&self, by: TimeDelta) {
        *lock(&self.now) += by;
    }
    /// Sets the clock.
    pub fn set(&self, now: DateTime<Utc>) {
        *lock(&self.now) = to_micros(now);
    }
}

impl Outside for Replay {
    fn now(&self) -> DateTime<Utc> {
        *lock(&self.now)
    }
    fn fill(&self, bytes: &mut [u8]) {
        lock(&self.rng).fill_bytes(bytes);
    }
}

/// A fresh id that sorts by time (UUID version 7), so that new rows go to the end of an index.
pub fn new_id(outside: &dyn Outside) -> Uuid {
    let mut random = [0; 10];
    outside.fill(&mut random);
    let millis = u64::try_from(outside.now().timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Locks even when a thread died holding it: what these locks guard is whole between statements.
pub fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
