//! What waits for a manager's word, and the word.

use ekenko_domain::{
    id::VisitId,
    visit::{Case, NewReview, Queue, Visit},
};

use super::{Answer, Content, escaped, get, post, read, send};

/// Which waiting visits; what is empty does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Asked {
    /// One team's.
    pub team: String,
    /// One rep's.
    pub rep: String,
    /// A code of `Verdict`.
    pub verdict: String,
}

/// The waiting visits, `limit` at most, or their piece behind `cursor`.
pub async fn queue(asked: &Asked, limit: usize, cursor: Option<&str>) -> Answer<Queue> {
    let Asked { team, rep, verdict } = asked;
    let values =
        [("team", team.as_str()), ("rep", rep), ("verdict", verdict), ("cursor", cursor.unwrap_or_default())];
    let given = values.iter().filter(|(_, value)| !value.is_empty());
    let query: String = given.map(|(name, value)| format!("&{name}={}", escaped(value))).collect();
    get(format!("/visits/queue?limit={limit}{query}")).await
}

/// All there is to judge a visit by.
pub async fn case(id: VisitId) -> Answer<Case> {
    get(format!("/visits/{id}/evidence")).await
}

/// Says what is to be made of a visit; `None` takes back what was said.
pub async fn review(id: VisitId, review: Option<&NewReview>) -> Answer<Visit> {
    let path = format!("/visits/{id}/review");
    match review {
        Some(review) => post(path, review).await,
        None => read(&send("DELETE", path, Content::None).await?),
    }
}
