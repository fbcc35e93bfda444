//! Errors become problems: one place where every refusal gets its status and its stable name.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use ekenko_domain::{id::VisitId, problem::Problem};

use crate::{
    announcements::AnnouncementError,
    board::FeedError,
    choices::ChoicesError,
    customers::{EditError, ExportError, ImportError, MergeError, SearchError},
    db::StoreError,
    identity::{AuthError, AvatarError, PasswordError, SignInError, StaffError},
    page::BadCursor,
    photos::PhotoError,
    plans::PlanError,
    reports::ReportError,
    tasks::{AttachmentError, TaskError},
    visits::VisitError,
};

/// A problem on its way out.
#[derive(Debug)]
pub struct ApiError(pub Problem);

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// What went wrong on our side is logged whole and told in general.
fn ours(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "request failed");
    Problem::new(500, "internal", "something failed on our side; nothing was changed, please try again")
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Engine { source: sqlx::Error::PoolTimedOut | sqlx::Error::Io(_), .. } => {
                tracing::error!(%error, "the database is away");
                Problem::new(503, "unavailable", "the database cannot be reached right now; please try again")
                    .into()
            }
            _ => ours(&error).into(),
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Missing => Problem::new(401, "unauthenticated", error.to_string()).into(),
            AuthError::Invalid => Problem::new(401, "invalid_token", error.to_string()).into(),
            AuthError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        let text = error.to_string();
        match error {
            SignInError::Wrong => {
                Problem::new(401, "wrong_credentials", text.clone()).field("password", text)
            }
            SignInError::RefreshInvalid => {
                Problem::new(401, "invalid_token", text.clone()).field("refresh_token", text)
            }
            SignInError::SetUp => Problem::new(409, "already_set_up", text),
            SignInError::Hash(error) => ours(&error),
            SignInError::Sign(error) => ours(&error),
            SignInError::Store(error) => return error.into(),
        }
        .into()
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Wrong => Problem::new(422, "wrong_password", error.to_string())
                .field("old_password", error.to_string())
                .into(),
            PasswordError::Hash(error) => ours(&error).into(),
            PasswordError::Store(error) => error.into(),
        }
    }
}

impl From<AvatarError> for ApiError {
    fn from(error: AvatarError) -> Self {
        let text = error.to_string();
        match error {
            AvatarError::NotFound => {
                Problem::new(404, "avatar_not_found", text.clone()).field("sha256", text).into()
            }
            AvatarError::Photo(error) => error.into(),
            AvatarError::Store(error) => error.into(),
        }
    }
}

impl From<StaffError> for ApiError {
    fn from(error: StaffError) -> Self {
        let text = error.to_string();
        match error {
            StaffError::NotYours => Problem::new(403, "forbidden", text),
            StaffError::NotFound => Problem::new(404, "employee_not_found", text.clone()).field("id", text),
            StaffError::UnknownTeam => Problem::new(422, "unknown_team", text.clone()).field("team_id", text),
            StaffError::NoTeam => Problem::new(404, "team_not_found", text.clone()).field("id", text),
            StaffError::NotAManager => Problem::invalid("manager_ids", text),
            StaffError::EmailTaken => Problem::new(409, "email_taken", text.clone()).field("email", text),
            StaffError::IdConflict => Problem::new(409, "id_conflict", text.clone()).field("id", text),
            StaffError::LastAdmin => Problem::new(409, "last_admin", text.clone()).field("role", text),
            StaffError::Oneself => Problem::new(409, "own_account", text.clone()).field("id", text),
            StaffError::BadLink => Problem::new(422, "bad_link", text.clone()).field("token", text),
            StaffError::Invalid(problem) => problem,
            StaffError::Cursor(error) => return error.into(),
            StaffError::Hash(error) => ours(&error),
            StaffError::Store(error) => return error.into(),
        }
        .into()
    }
}

impl From<BadCursor> for ApiError {
    fn from(error: BadCursor) -> Self {
        Problem::invalid("cursor", error).into()
    }
}

impl From<FeedError> for ApiError {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Cursor(error) => error.into(),
            FeedError::Store(error) => error.into(),
        }
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Cursor(error) => error.into(),
            SearchError::Store(error) => error.into(),
        }
    }
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Search(error) => error.into(),
            ExportError::File(error) => error.into(),
        }
    }
}

impl From<MergeError> for ApiError {
    fn from(error: MergeError) -> Self {
        let text = error.to_string();
        match error {
            MergeError::NotAnEditor => Problem::new(403, "forbidden", text).into(),
            MergeError::UnknownLocation => {
                Problem::new(404, "location_not_found", text.clone()).field("id", text).into()
            }
            MergeError::UnknownInto(field) => {
                Problem::new(422, "unknown_location", text.clone()).field(field, text).into()
            }
            MergeError::Same(field) => Problem::invalid(field, text).into(),
            MergeError::Cursor(error) => error.into(),
            MergeError::Failed(_) => ours(&error).into(),
            MergeError::Store(error) => error.into(),
        }
    }
}

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Failed(_) => ours(&error).into(),
            ImportError::NoColumn(_) => Problem::invalid("mapping", error).into(),
            refused => Problem::new(422, "unreadable_file", refused.to_string())
                .field("file", refused.to_string())
                .into(),
        }
    }
}

impl From<PhotoError> for ApiError {
    fn from(error: PhotoError) -> Self {
        let text = error.to_string();
        let problem = match &error {
            PhotoError::Storage(error) => return ours(error).into(),
            PhotoError::TooLarge => Problem::new(413, "photo_too_large", text.clone()),
            PhotoError::TooManyPixels { .. } => Problem::new(422, "photo_too_many_pixels", text.clone()),
            PhotoError::Format => Problem::new(415, "photo_format", text.clone()),
            PhotoError::Empty | PhotoError::Broken(_) => Problem::new(422, "photo_broken", text.clone()),
        };
        problem.field("photo", text).into()
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        let text = error.to_string();
        match error {
            EditError::UnknownLocation => {
                Problem::new(404, "location_not_found", text.clone()).field("location_id", text)
            }
            EditError::UnknownCompany => {
                Problem::new(422, "unknown_company", text.clone()).field("company_id", text)
            }
            EditError::UnknownContact => {
                Problem::new(404, "contact_not_found", text.clone()).field("id", text)
            }
            EditError::UnknownEmployee => {
                Problem::new(422, "unknown_employee", text.clone()).field("employee_id", text)
            }
            EditError::NotAManager | EditError::NotAnEditor => Problem::new(403, "forbidden", text),
            EditError::NoCompany => Problem::new(404, "company_not_found", text.clone()).field("id", text),
            EditError::IdConflict => Problem::new(409, "id_conflict", text.clone()).field("id", text),
            EditError::Radius => Problem::invalid("radius_m", text),
            EditError::Phone => Problem::invalid("phone", text),
            EditError::LineId => Problem::invalid("line_id", text),
            EditError::Store(error) => return error.into(),
        }
        .into()
    }
}

impl From<ChoicesError> for ApiError {
    fn from(error: ChoicesError) -> Self {
        match error {
            ChoicesError::NotAnAdmin => Problem::new(403, "forbidden", error.to_string()).into(),
            ChoicesError::Invalid(problem) => problem.into(),
            ChoicesError::Store(error) => error.into(),
        }
    }
}

impl From<TaskError> for ApiError {
    fn from(error: TaskError) -> Self {
        let text = error.to_string();
        match error {
            TaskError::NotAManager => Problem::new(403, "forbidden", text),
            TaskError::UnknownAssignee => {
                Problem::new(422, "unknown_employee", text.clone()).field("assignee_id", text)
            }
            TaskError::UnknownOf(n) => {
                Problem::new(422, "unknown_employee", text.clone()).field(format!("assignee_ids[{n}]"), text)
            }
            TaskError::UnknownLocation => {
                Problem::new(422, "unknown_location", text.clone()).field("location_id", text)
            }
            TaskError::DueDate => Problem::invalid("due_date", text),
            TaskError::NeedsDueDate(field) => Problem::invalid(field, text),
            TaskError::RepeatUntil => Problem::invalid("repeat_until", text),
            TaskError::Closed(_) => Problem::new(409, "task_closed", text),
            TaskError::BatchNotFound => Problem::new(404, "batch_not_found", text.clone()).field("id", text),
            TaskError::Attachment(error) => match error {
                AttachmentError::TooLarge => {
                    Problem::new(413, "attachment_too_large", text.clone()).field("file", text)
                }
                AttachmentError::Format => {
                    Problem::new(415, "attachment_format", text.clone()).field("file", text)
                }
                AttachmentError::TooMany => {
                    Problem::new(409, "too_many_attachments", text.clone()).field("file", text)
                }
                AttachmentError::IdConflict => {
                    Problem::new(409, "id_conflict", text.clone()).field("attachment_id", text)
                }
                AttachmentError::NotFound => {
                    Problem::new(404, "attachment_not_found", text.clone()).field("attachment_id", text)
                }
            },
            TaskError::IdConflict => Problem::new(409, "id_conflict", text.clone()).field("id", text),
            TaskError::NotFound => Problem::new(404, "task_not_found", text.clone()).field("id", text),
            TaskError::IllegalMove { .. } => {
                Problem::new(409, "illegal_move", text.clone()).field("status", text)
            }
            TaskError::Cursor(error) => return error.into(),
            TaskError::Photo(error) => return error.into(),
            TaskError::Store(error) => return error.into(),
        }
        .into()
    }
}

impl From<AnnouncementError> for ApiError {
    fn from(error: AnnouncementError) -> Self {
        let text = error.to_string();
        match error {
            AnnouncementError::NotYours => Problem::new(403, "forbidden", text),
            AnnouncementError::UnknownTeam => {
                Problem::new(422, "unknown_team", text.clone()).field("team_id", text)
            }
            AnnouncementError::Role => Problem::invalid("role", text),
            AnnouncementError::Expired => Problem::invalid("expires_at", text),
            AnnouncementError::TooFar(field) => Problem::invalid(field, text),
            AnnouncementError::IdConflict => Problem::new(409, "id_conflict", text.clone()).field("id", text),
            AnnouncementError::NotFound => {
                Problem::new(404, "announcement_not_found", text.clone()).field("id", text)
            }
            AnnouncementError::NoPicture => {
                Problem::new(404, "picture_not_found", text.clone()).field("id", text)
            }
            AnnouncementError::Withdrawn => Problem::new(409, "announcement_withdrawn", text),
            AnnouncementError::Pinned => Problem::new(409, "announcement_pinned", text),
            AnnouncementError::Cursor(error) => return error.into(),
            AnnouncementError::Photo(error) => return error.into(),
            AnnouncementError::Store(error) => return error.into(),
        }
        .into()
    }
}

impl From<PlanError> for ApiError {
    fn from(error: PlanError) -> Self {
        let text = error.to_string();
        match error {
            PlanError::NotARep => Problem::new(403, "forbidden", text),
            PlanError::Past => Problem::invalid("date", text),
            PlanError::UnknownStop(_) => Problem::invalid("stops", text),
            PlanError::Store(error) => return error.into(),
        }
        .into()
    }
}

impl From<ReportError> for ApiError {
    fn from(error: ReportError) -> Self {
        let text = error.to_string();
        match error {
            ReportError::Period(_) => Problem::invalid("to", text).into(),
            ReportError::NotYours => {
                Problem::new(403, "forbidden", text.clone()).field("employee_id", text).into()
            }
            ReportError::Cursor(error) => error.into(),
            ReportError::Failed(_) => ours(&error).into(),
            ReportError::Store(error) => error.into(),
        }
    }
}

impl From<VisitError> for ApiError {
    fn from(error: VisitError) -> Self {
        let text = error.to_string();
        match error {
            VisitError::NotARep | VisitError::MayNotReview => Problem::new(403, "forbidden", text),
            VisitError::NoReason(_) => Problem::invalid("reason", text),
            VisitError::UnknownLocation => {
                Problem::new(422, "unknown_location", text.clone()).field("location_id", text)
            }
            VisitError::UnknownPurpose => Problem::invalid("purpose", text),
            VisitError::UnknownOutcome => Problem::invalid("outcome", text),
            VisitError::IdConflict => Problem::new(409, "id_conflict", text.clone()).field("id", text),
            VisitError::VisitOpen(open) => {
                let detail = match open {
                    Some(VisitId(id)) => format!("{text} (visit {id})"),
                    None => text,
                };
                Problem::new(409, "visit_open", detail)
            }
            VisitError::NotFound => Problem::new(404, "visit_not_found", text.clone()).field("id", text),
            VisitError::PhotoRequired => {
                Problem::new(409, "photo_required", text.clone()).field("photo", text)
            }
            VisitError::TooManyPhotos => {
                Problem::new(409, "too_many_photos", text.clone()).field("photo", text)
            }
            VisitError::TooLate => Problem::invalid("occurred_at", text),
            VisitError::CheckedOut => Problem::new(409, "already_checked_out", text),
            VisitError::Cursor(error) => return error.into(),
            VisitError::Photo(error) => return error.into(),
            VisitError::Store(error) => return error.into(),
        }
        .into()
    }
}
