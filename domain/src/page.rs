//! Lists that come in pieces.

use serde::{Deserialize, Serialize};

/// One piece of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next piece; `null` at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same piece of other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}
