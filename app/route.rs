//! Every page's address.

use dioxus::prelude::*;

use crate::api;
use crate::pages::{
    announce::{AnnouncePage, EditAnnouncementPage},
    announcements::{AnnouncementPage, AnnouncementsPage},
    batch::BatchPage,
    board::{BoardPage, View},
    check_in::CheckInPage,
    choices::ChoicesPage,
    company::{CompaniesPage, CompanyPage, EditCompanyPage, NewCompanyPage},
    customer::CustomerPage,
    customers::CustomersPage,
    duplicates::DuplicatesPage,
    edit_customer::EditCustomerPage,
    edit_task::EditTaskPage,
    import::ImportPage,
    new_customer::NewCustomerPage,
    new_task::NewTaskPage,
    not_found::NotFound,
    place::PlacePage,
    plan::PlanPage,
    profile::ProfilePage,
    queue::QueuePage,
    reports::{self, ReportsPage},
    set_up::SetUpPage,
    settings::SettingsPage,
    shell::Shell,
    sign_in::SignInPage,
    staff::{
        activity::ActivityPage,
        edit_person::{EditPersonPage, NewPersonPage},
        people::PeoplePage,
        person::PersonPage,
        set_password::SetPasswordPage,
        team::{NewTeamPage, TeamPage},
        teams::TeamsPage,
    },
    start::StartPage,
    task::TaskPage,
    tasks::TasksPage,
    today::TodayPage,
    verification::VerificationPage,
    visit::VisitPage,
    visits::VisitsPage,
};

/// Every page's address.
#[derive(Debug, Clone, PartialEq, Routable)]
#[rustfmt::skip]
pub enum Route {
    #[route("/sign-in?:next")]
    SignInPage { next: String },
    #[route("/set-up")]
    SetUpPage {},
    #[route("/set-password?:token")]
    SetPasswordPage { token: String },
    #[layout(Shell)]
        #[route("/")]
        StartPage {},
        #[route("/today")]
        TodayPage {},
        #[route("/me")]
        ProfilePage {},
        #[route("/queue")]
        QueuePage {},
        #[route("/settings")]
        SettingsPage {},
        #[route("/settings/choices")]
        ChoicesPage {},
        #[route("/plan?:date")]
        PlanPage { date: String },
        #[route("/tasks?:state&:view&:team&:rep&:priority&:customer&:overdue")]
        TasksPage { state: String, view: String, team: String, rep: String, priority: String, customer: String, overdue: String },
        #[route("/tasks/new")]
        NewTaskPage {},
        #[route("/tasks/batches/:id")]
        BatchPage { id: String },
        #[route("/tasks/:id/edit")]
        EditTaskPage { id: String },
        #[route("/tasks/:id")]
        TaskPage { id: String },
        #[route("/announce")]
        AnnouncePage {},
        #[route("/announcements?:state")]
        AnnouncementsPage { state: String },
        #[route("/announcements/:id")]
        AnnouncementPage { id: String },
        #[route("/announcements/:id/edit")]
        EditAnnouncementPage { id: String },
        #[route("/reports?:from&:to&:by&:team&:rep&:company")]
        ReportsPage { from: String, to: String, by: String, team: String, rep: String, company: String },
        #[route("/verification?:team&:rep&:verdict&:visit")]
        VerificationPage { team: String, rep: String, verdict: String, visit: String },
        #[route("/people?:q&:role&:team&:state")]
        PeoplePage { q: String, role: String, team: String, state: String },
        #[route("/people/new")]
        NewPersonPage {},
        #[route("/people/:id")]
        PersonPage { id: String },
        #[route("/people/:id/edit")]
        EditPersonPage { id: String },
        #[route("/activity?:kind&:person&:from&:to")]
        ActivityPage { kind: String, person: String, from: String, to: String },
        #[route("/teams")]
        TeamsPage {},
        #[route("/teams/new")]
        NewTeamPage {},
        #[route("/teams/:id")]
        TeamPage { id: String },
        #[route("/board?:date&:team&:rep&:verdict&:grade&:show")]
        BoardPage { date: String, team: String, rep: String, verdict: String, grade: String, show: String },
        #[route("/visits?:date")]
        VisitsPage { date: String },
        #[route("/visits/:id")]
        VisitPage { id: String },
        #[route("/check-in?:q")]
        CheckInPage { q: String },
        #[route("/check-in/:location")]
        PlacePage { location: String },
        #[route("/customers?:q&:show&:status&:grade&:owner&:province")]
        CustomersPage { q: String, show: String, status: String, grade: String, owner: String, province: String },
        #[route("/customers/new")]
        NewCustomerPage {},
        #[route("/customers/import")]
        ImportPage {},
        #[route("/customers/duplicates")]
        DuplicatesPage {},
        #[route("/customers/:id")]
        CustomerPage { id: String },
        #[route("/customers/:id/edit")]
        EditCustomerPage { id: String },
        #[route("/companies?:q")]
        CompaniesPage { q: String },
        #[route("/companies/new")]
        NewCompanyPage {},
        #[route("/companies/:id")]
        CompanyPage { id: String },
        #[route("/companies/:id/edit")]
        EditCompanyPage { id: String },
    #[end_layout]
    #[route("/:..path")]
    NotFound { path: Vec<String> },
}

impl Route {
    /// This month's figures.
    pub fn reports() -> Self {
        reports::to(api::reports::Asked::default())
    }

    /// The day as it goes.
    pub fn board() -> Self {
        View::default().route()
    }

    /// Open tasks.
    pub fn tasks() -> Self {
        let none = String::new;
        Self::TasksPage {
            state: none(),
            view: none(),
            team: none(),
            rep: none(),
            priority: none(),
            customer: none(),
            overdue: none(),
        }
    }

    /// Open tasks that are urgent.
    pub fn urgent_tasks() -> Self {
        match Self::tasks() {
            Self::TasksPage { state, view, team, rep, customer, overdue, .. } => {
                Self::TasksPage { state, view, team, rep, priority: "urgent".into(), customer, overdue }
            }
            other => other,
        }
    }

    /// All that waits for a manager's word.
    pub fn verification() -> Self {
        let none = String::new;
        Self::VerificationPage { team: none(), rep: none(), verdict: none(), visit: none() }
    }

    /// What is announced now.
    pub fn announcements() -> Self {
        Self::AnnouncementsPage { state: String::new() }
    }

    /// Everybody.
    pub fn people() -> Self {
        Self::PeoplePage { q: String::new(), role: String::new(), team: String::new(), state: String::new() }
    }

    /// Every customer.
    pub fn customers() -> Self {
        api::customers::Asked::default().route()
    }
}
