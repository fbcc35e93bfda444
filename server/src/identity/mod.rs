//! Accounts: who somebody is, what they may see, and how they prove it.

mod avatar;
mod caller;
mod password;
mod people;
mod presence;
mod service;
mod sessions;
mod staff;
mod store;
pub mod tokens;

pub use avatar::AvatarError;
pub use caller::Caller;
pub(crate) use caller::wall;
pub use password::Passwords;
pub use people::{NewEmployee, OperatorError};
pub use service::{AuthError, Identity, PasswordError, Proof, SignInError, Started};
pub(crate) use staff::team_settings;
pub use staff::{Filter, Staff, StaffError};
