//! Integration tests: the real router on a real listener over a real database. PostgreSQL and Redis are needed:
//! `make test`, or `scripts/with-services cargo nextest run -p ekenko-server`.

#[macro_use]
mod support;

mod announcements;
mod audit;
mod auth;
mod auth_cookie;
mod avatars;
mod bad_input;
mod board;
mod choices;
mod companies;
mod customers;
mod evidence;
mod imports;
mod live;
mod live_examples;
mod live_faults;
mod live_limits;
mod live_nodes;
mod locations;
mod merges;
mod migrations;
mod naughty;
mod photos;
mod photos_hostile;
mod plans;
mod print;
mod reports;
mod reports_agree;
mod reviews;
mod search;
mod staff;
mod task_batches;
mod task_files;
mod task_repeats;
mod tasks;
mod visits;
mod visits_seen;
mod walls;
mod wire;
