//! Lists in pieces. A cursor is the key of a piece's last item: the next piece begins behind it, whatever was added
//! meanwhile.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use ekenko_domain::page::Page;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// The cursor was not made here, or for another list.
#[derive(Debug, thiserror::Error)]
#[error("the cursor is not from this list: start again without it")]
pub struct BadCursor;

/// The key in a cursor. Anybody can write one, so whatever the database could not hold is still to be refused.
pub fn read<K: DeserializeOwned>(cursor: &str) -> Result<K, BadCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
    serde_json::from_slice(&bytes).map_err(|_| BadCursor)
}

/// The cursor of a key.
pub fn cursor(key: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// How many items [`cut`] wants to see: the one beyond the limit tells that there are more.
pub fn wanted(limit: usize) -> i64 {
    i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1))
}

/// The first `limit` of [`wanted`] items.
pub fn cut<T, K: Serialize>(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| cursor(&key(last)));
    Page { items, next }
}

/// Where a list that has the latest first goes on: before this moment, at the moment itself before this id.
pub type Before = (DateTime<Utc>, Uuid);

/// The beginning of such a list: after all that happens, and still within what both engines can hold.
pub const NEWEST: Before = match DateTime::from_timestamp(32_503_680_000, 0) {
    Some(end) => (end, Uuid::max()),
    None => (DateTime::UNIX_EPOCH, Uuid::max()),
};

/// The key of an item of such a list.
pub fn at((at, id): Before) -> (i64, Uuid) {
    (at.timestamp_micros(), id)
}

/// Where such a list goes on after `cursor`.
pub fn before(cursor: Option<&str>) -> Result<Before, BadCursor> {
    let Some(cursor) = cursor else { return Ok(NEWEST) };
    let (micros, id) = read(cursor)?;
    let at = DateTime::from_timestamp_micros(micros).ok_or(BadCursor)?;
    if (DateTime::UNIX_EPOCH..=NEWEST.0).contains(&at) { Ok((at, id)) } else { Err(BadCursor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_list_goes_on_where_it_ended() {
        let all = cut(vec![1, 2, 3], 3, |n| *n);
        assert_eq!((all.items, all.next), (vec![1, 2, 3], None));
        let piece = cut(vec![1, 2, 3], 2, |n| *n);
        assert_eq!(piece.items, [1, 2]);
        assert_eq!(read::<i32>(&piece.next.unwrap()).unwrap(), 2);
        assert_eq!(cut(Vec::<i32>::new(), 2, |n| *n).next, None);
    }

    #[test]
    fn a_moment_comes_back_to_the_microsecond_and_none_is_out_of_reach() {
        let last = ("2026-11-21T03:00:00.123456Z".parse().unwrap(), Uuid::from_u128(7));
        assert_eq!(before(Some(&cursor(&at(last)))).unwrap(), last);
        assert_eq!(before(None).unwrap(), NEWEST);
        for micros in [-1, i64::MIN, i64::MAX, 32_503_680_000_000_001] {
            assert!(before(Some(&cursor(&(micros, Uuid::nil())))).is_err(), "{micros}");
        }
    }
}
