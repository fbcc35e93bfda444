//! Accounts: who somebody is, what they may see, and how they prove it.

mod caller;
mod password;
mod service;
mod store;
mod tokens;

pub use caller::Caller;
pub(crate) use caller::wall;
pub use password::Passwords;
pub use service::{
    AuthError, Identity, NewEmployee, OperatorError, PasswordError, Proof, SignInError, Started,
};
