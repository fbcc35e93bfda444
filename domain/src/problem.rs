//! Errors as the API tells them: `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};

/// Where the descriptions of problems live; the stable name is appended.
pub const TYPE_BASE: &str = "/problems/";

/// An error a caller can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// A reference whose last segment is the stable name, such as `/problems/visit_open`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// The kind of problem in a few words.
    pub title: String,
    /// What happened and what to do, for a person.
    pub detail: String,
    /// The fields at fault, when fields are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Its path in the body or its name in the query, such as `fix.lat`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl Problem {
    /// A problem by its stable name, such as `visit_open`.
    pub fn new(status: u16, name: &str, detail: impl Into<String>) -> Self {
        let mut title = name.replace('_', " ");
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Self { kind: format!("{TYPE_BASE}{name}"), status, title, detail: detail.into(), errors: Vec::new() }
    }

    /// Names a field at fault.
    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// A value that was understood but cannot be: 422 `invalid`.
    pub fn invalid(field: &str, message: impl ToString) -> Self {
        let message = message.to_string();
        Self::new(422, "invalid", format!("{field}: {message}")).field(field, message)
    }

    /// Whether the same request may well succeed later: no answer came, or the server was in trouble. What it asked
    /// for may have happened all the same.
    pub fn is_passing(&self) -> bool {
        self.status == 0 || self.status >= 500
    }

    /// The stable name: the last segment of `type`.
    pub fn name(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_rfc_9457_says() {
        insta::assert_json_snapshot!(Problem::invalid("fix.lat", "latitude must be between -90 and 90 degrees, not 91"), @r#"
        {
          "type": "/problems/invalid",
          "status": 422,
          "title": "Invalid",
          "detail": "fix.lat: latitude must be between -90 and 90 degrees, not 91",
          "errors": [
            {
              "field": "fix.lat",
              "message": "latitude must be between -90 and 90 degrees, not 91"
            }
          ]
        }
        "#);
    }
}
