//! Who may watch what, as sessions ask it.

use std::{collections::BTreeSet, time::Duration};

use ekenko_domain::{event::Stream, id::OrganisationId, live::Close};

/// How long a client is waited for.
#[derive(Debug, Clone)]
pub struct Times {
    /// For its hello.
    pub hello: Duration,
    /// Once it is told to go, until it says so, too.
    pub leave: Duration,
    /// How often an idle socket is pinged; two unanswered pings end it.
    pub ping: Duration,
    /// How often the account behind a socket is looked at again.
    pub check: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { hello: seconds(10), leave: seconds(2), ping: seconds(25), check: seconds(60) }
    }
}

/// Whom a socket belongs to.
pub struct Holder<W> {
    /// Where they work.
    pub organisation: OrganisationId,
    /// The stream that tells what concerns them alone.
    pub own: Stream,
    /// Every stream they may follow.
    pub may: BTreeSet<Stream>,
    /// Who they are, as the gate knows them.
    pub who: W,
}

/// Why a socket may not be, or not be any longer, and the error frame told before.
pub struct Refusal {
    /// The code to close with.
    pub close: Close,
    /// For a person.
    pub reason: &'static str,
    /// What the error frame says, if there is one.
    pub error: Option<(&'static str, String)>,
}

impl Refusal {
    /// Closes without an error frame.
    pub fn quiet(close: Close, reason: &'static str) -> Self {
        Self { close, reason, error: None }
    }
}

/// Knows who may watch what.
pub trait Gate: Send + Sync + 'static {
    /// What it keeps of somebody let in.
    type Who: Send + Sync;
    /// Lets somebody in who said hello with this token, or none.
    fn admit(&self, token: Option<String>)
    -> impl Future<Output = Result<Holder<Self::Who>, Refusal>> + Send;
    /// What somebody may follow now; refused when they may not be here any longer.
    fn may(
        &self,
        holder: &Holder<Self::Who>,
    ) -> impl Future<Output = Result<BTreeSet<Stream>, Refusal>> + Send;
    /// Their device was heard of.
    fn heard(&self, holder: &Holder<Self::Who>);
}
