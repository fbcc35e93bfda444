//! Companies: found by name, with their terms and their places.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    company::{Company, CompanyDetails, CreditDays, CreditLimit, EditCompany, NewCompany},
    customer::Grade,
    id::CompanyId,
    page::Page,
    problem::Problem,
    tax_id::TaxId,
    text::{Line, Name as Called},
};

use super::{customers::Row, reports, shell::use_me};
use crate::{
    api::{customers as api, reports::Asked},
    components::{
        feedback::{Empty, Failed, Loading},
        form::{Form, Select, Submit, TextField, Typed, use_form},
        icon::{Icon, Name},
        search_box::SearchBox,
        show_more::{ShowMore, use_pages},
        title::{PageHead, PageTitle},
        toast::use_teller,
    },
    i18n,
    loaded::use_loaded,
    route::Route,
};

/// Companies by name.
#[component]
pub fn CompaniesPage(q: ReadSignal<String>) -> Element {
    let (me, navigator) = (use_me(), use_navigator());
    let mut first = use_loaded(move || async move { api::companies(&q(), None).await })?;
    rsx! {
        PageTitle { text: t!("companies") }
        div { class: "page",
            div { class: "page-head",
                h1 { {t!("companies")} }
                Link { class: "button", to: Route::customers(), {t!("nav-customers")} }
                if me.role.manages() {
                    Link { class: "button", to: Route::NewCompanyPage {},
                        Icon { name: Name::Plus }
                        {t!("company-new")}
                    }
                }
            }
            SearchBox { value: q, label: t!("company-search"), onsearch: move |q| { navigator.replace(Route::CompaniesPage { q }); } }
            match first.now() {
                None => rsx! { Loading { rows: 8 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                Some(Ok(page)) if page.items.is_empty() => rsx! {
                    Empty { icon: Name::Building, title: t!("nothing-found"), hint: t!("nothing-found-hint") }
                },
                Some(Ok(page)) => rsx! { List { key: "{q}", first: page, q } },
            }
        }
    }
}

#[component]
fn List(first: Page<Company>, q: ReadSignal<String>) -> Element {
    let (list, more) =
        use_pages(first, move |cursor| async move { api::companies(&q(), Some(&cursor)).await });
    rsx! {
        div { class: "card table-card",
            table { class: "wide-table",
                thead {
                    tr {
                        th { scope: "col", {t!("name")} }
                        th { scope: "col", {t!("legal-name")} }
                        th { scope: "col", {t!("tax-id")} }
                        th { scope: "col", {t!("grade")} }
                        th { scope: "col", class: "right", {t!("credit-days")} }
                    }
                }
                tbody {
                    for company in list.read().items.clone() {
                        tr { key: "{company.id}",
                            td { Link { to: Route::CompanyPage { id: company.id.to_string() }, strong { "{company.name}" } } }
                            td { class: "muted", if company.legal_name.is_empty() { "–" } else { "{company.legal_name}" } }
                            td { class: "muted nowrap", if let Some(tax_id) = company.tax_id { "{tax_id}" } else { "–" } }
                            td { class: "muted", if let Some(grade) = company.grade { "{grade.code().to_uppercase()}" } else { "–" } }
                            td { class: "muted right", if let Some(days) = company.credit_days { "{u16::from(days)}" } else { "–" } }
                        }
                    }
                }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

fn company_id(text: &str) -> Result<CompanyId, Problem> {
    text.parse().map_err(|e| Problem::invalid("id", e))
}

/// What is known of a company, and its places.
#[component]
pub fn CompanyPage(id: ReadSignal<String>) -> Element {
    let me = use_me();
    let mut loaded = use_loaded(move || async move { api::company(company_id(&id())?).await })?;
    let Some(answer) = loaded.now() else {
        return rsx! { div { class: "page narrow", Loading { rows: 5 } } };
    };
    let CompanyDetails { company, locations, location_count } = match answer {
        Ok(details) => details,
        Err(problem) => {
            return rsx! {
                div { class: "page narrow",
                    PageHead { title: t!("company"), back: Route::CompaniesPage { q: String::new() } }
                    Failed { problem, retry: move |()| loaded.restart() }
                }
            };
        }
    };
    let more = usize::try_from(location_count).unwrap_or_default().saturating_sub(locations.len());
    rsx! {
        PageTitle { text: company.name.clone() }
        div { class: "page narrow",
            PageHead { title: company.name.clone(), back: Route::CompaniesPage { q: String::new() },
                if !company.legal_name.is_empty() {
                    p { class: "muted", "{company.legal_name}" }
                }
            }
            if me.role.manages() {
                div { class: "quick",
                    Link { class: "button tall", to: Route::EditCompanyPage { id: company.id.to_string() },
                        Icon { name: Name::Pencil }
                        {t!("edit")}
                    }
                    Link { class: "button tall", to: reports::to(Asked { company: company.id.to_string(), ..Asked::default() }),
                        Icon { name: Name::Chart }
                        {t!("nav-reports")}
                    }
                }
            }
            Terms { company: company.clone() }
            section { class: "section",
                h2 { {t!("company-locations", count: location_count)} }
                if locations.is_empty() {
                    p { class: "muted", {t!("company-no-locations")} }
                } else {
                    div { class: "card rows",
                        for location in locations {
                            Row { key: "{location.id}", location }
                        }
                    }
                }
                if more > 0 {
                    p { class: "muted", {t!("company-more-locations", count: more)} }
                }
            }
        }
    }
}

/// What the tax office knows a company by, and its terms.
#[component]
fn Terms(company: Company) -> Element {
    rsx! {
        section { class: "card done",
            dl { class: "facts",
                dt { {t!("tax-id")} }
                dd { if let Some(tax_id) = company.tax_id { "{tax_id}" } else { "–" } }
                dt { {t!("grade")} }
                dd { if let Some(grade) = company.grade { "{grade.code().to_uppercase()}" } else { "–" } }
                dt { {t!("credit-terms")} }
                dd {
                    match company.credit_days {
                        Some(days) => t!("credit-in-days", days: u16::from(days)),
                        None => t!("credit-cash"),
                    }
                }
                dt { {t!("credit-limit")} }
                dd { if let Some(limit) = company.credit_limit { "฿{baht(limit)}" } else { "–" } }
            }
        }
    }
}

/// An amount with commas between thousands.
fn baht(limit: CreditLimit) -> String {
    let amount = limit.decimal();
    let (whole, rest) = amount
        .split_once('.')
        .map_or((amount.as_str(), String::new()), |(whole, cents)| (whole, format!(".{cents}")));
    whole.parse::<i64>().map_or_else(|_| amount.clone(), |whole| i18n::number(whole) + &rest)
}

fn about(typed: &Typed) -> Result<EditCompany, Problem> {
    let days = |text: &str| {
        let days: u16 = text.trim().parse().map_err(|_| t!("number-wanted"))?;
        CreditDays::try_from(days).map_err(|e| e.to_string())
    };
    Ok(EditCompany {
        name: typed.read("name", Called::parse)?,
        legal_name: typed.optional("legal_name", Line::parse)?,
        tax_id: typed.optional("tax_id", |text| TaxId::parse(text.trim()))?,
        grade: Grade::from_code(typed.text("grade")),
        credit_days: typed.optional("credit_days", days)?,
        credit_limit: typed.optional("credit_limit", CreditLimit::parse)?,
    })
}

#[component]
fn Fields(company: Option<Company>) -> Element {
    let first = |of: fn(&Company) -> String| company.as_ref().map(of).unwrap_or_default();
    let grade = company.as_ref().and_then(|company| company.grade);
    rsx! {
        TextField { label: t!("name"), name: "name", first: first(|c| c.name.clone()), autocomplete: "off", maxlength: 200 }
        TextField { label: t!("legal-name"), name: "legal_name", first: first(|c| c.legal_name.clone()), autocomplete: "off", maxlength: 200 }
        TextField { label: t!("tax-id"), name: "tax_id", first: first(|c| c.tax_id.as_ref().map(ToString::to_string).unwrap_or_default()), "inputmode": "numeric", autocomplete: "off" }
        Select { label: t!("grade"), name: "grade",
            option { value: "", selected: grade.is_none(), {t!("grade-none")} }
            for choice in Grade::ALL.iter().copied() {
                option { key: "{choice.code()}", value: choice.code(), selected: grade == Some(choice), "{choice.code().to_uppercase()}" }
            }
        }
        div { class: "two",
            TextField { label: t!("credit-days-field"), name: "credit_days", first: first(|c| c.credit_days.map(|days| u16::from(days).to_string()).unwrap_or_default()), placeholder: t!("credit-cash"), "inputmode": "numeric", autocomplete: "off" }
            TextField { label: t!("credit-limit-field"), name: "credit_limit", first: first(|c| c.credit_limit.map(CreditLimit::decimal).unwrap_or_default()), "inputmode": "decimal", autocomplete: "off" }
        }
    }
}

/// A new company.
#[component]
pub fn NewCompanyPage() -> Element {
    let navigator = use_navigator();
    let id = use_hook(|| CompanyId(uuid::Uuid::new_v4()));
    let form = use_form(move |typed| async move {
        let EditCompany { name, legal_name, tax_id, grade, credit_days, credit_limit } = about(&typed)?;
        api::add_company(&NewCompany { id, name, legal_name, tax_id, grade, credit_days, credit_limit })
            .await?;
        navigator.replace(Route::CompanyPage { id: id.to_string() });
        Ok(())
    });
    rsx! {
        PageTitle { text: t!("company-new") }
        Form { form, class: "page narrow",
            PageHead { title: t!("company-new"), back: Route::CompaniesPage { q: String::new() } }
            Fields {}
            Submit { text: t!("company-add") }
        }
    }
}

/// Another name, grade or other terms.
#[component]
pub fn EditCompanyPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move { api::company(company_id(&id())?).await })?;
    match loaded.now() {
        Some(Ok(details)) => rsx! { Editor { key: "{details.company.id}", company: details.company } },
        Some(Err(problem)) => rsx! {
            div { class: "page narrow",
                PageHead { title: t!("edit"), back: Route::CompaniesPage { q: String::new() } }
                Failed { problem, retry: move |()| loaded.restart() }
            }
        },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn Editor(company: Company) -> Element {
    let (navigator, teller, id) = (use_navigator(), use_teller(), company.id);
    let form = use_form(move |typed| async move {
        api::edit_company(id, &about(&typed)?).await?;
        teller.done(t!("saved"));
        navigator.replace(Route::CompanyPage { id: id.to_string() });
        Ok(())
    });
    rsx! {
        PageTitle { text: company.name.clone() }
        Form { form, class: "page narrow",
            PageHead { title: company.name.clone(), back: Route::CompanyPage { id: id.to_string() } }
            Fields { company: company.clone() }
            Submit { text: t!("save") }
        }
    }
}
