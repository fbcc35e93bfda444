//! The month as PDF: what it says, in whose language and calendar, and to whom.

use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Client, Firm, visit_done};

async fn pdf(client: &Client, query: &str, language: &str) -> Answer {
    let request = client.request(Method::GET, &format!("/reports/export?format=pdf{query}"));
    client.send(request.header("accept-language", language)).await
}

/// The text of a PDF in one line, blanks taken together; `None` where there is no pdftotext to read it.
fn text(pdf: &[u8]) -> Option<String> {
    read(pdf, "-layout")
}

fn read(pdf: &[u8], order: &str) -> Option<String> {
    use std::io::Write;
    let started = Command::new("pdftotext")
        .args([order, "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut reader) = started else {
        println!("skipped: there is no pdftotext (poppler-utils) to read the text with");
        return None;
    };
    let mut input = reader.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writing = std::thread::spawn(move || input.write_all(&bytes));
    let output = reader.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

engines! {
    async fn a_month_is_printed_for_whoever_may_see_it(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        for (who, times) in [("rep1", 2), ("rep2", 1), ("rep3", 4)] {
            let rep = firm.sign_in(&app, who).await;
            for _ in 0..times {
                visit_done(&app, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;
            }
        }
        visit_done(&app, &other.sign_in(&app, "rep1").await, other.market(), &json!({ "outcome": "absent" })).await;
        let admin = firm.sign_in(&app, "admin").await;
        let file = pdf(&admin, "&month=2026-11", "en").await;
        assert_eq!((file.status, file.header("content-type")), (200, "application/pdf"));
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"ekenko-2026-11.pdf\"");
        assert!(file.body.starts_with(b"%PDF-"));
        for (who, query, says, says_not) in [
            ("admin", "&month=2026-11", &["alpha", "Field visits in November 2026", "All teams", "rep1 of alpha 2 100%", "rep3 of alpha 4 100%", "Total 7 100%", "Ordered 7", "Ungraded 7"][..], "beta"),
            ("manager1", "", &["November 2026", "North", "rep1 of alpha 2", "rep2 of alpha 1", "Total 3 100%"], "rep3"),
            ("rep2", "", &["rep2 of alpha 1", "Total 1 100%"], "rep1"),
            ("admin", "&month=2026-10", &["Field visits in October 2026", "rep1 of alpha 0 –", "Total 0 –"], "beta"),
            ("admin", "&month=2026-12", &["Field visits in December 2026", "Last month: 7"], "beta"),
        ] {
            let file = pdf(&firm.sign_in(&app, who).await, query, "en").await;
            assert_eq!(file.status, 200, "{}", file.text());
            let Some(text) = text(&file.body) else { return };
            for part in says {
                assert!(text.contains(part), "{who}{query}: no {part:?} in {text}");
            }
            assert!(!text.contains(says_not), "{who}{query}: {text}");
        }
        let south = pdf(&admin, &format!("&team_id={}", firm.south.id), "en").await;
        let text = text(&south.body).unwrap_or_default();
        assert!(text.contains("Total 4 100%") && text.contains("South"), "{text}");
        let company = &firm.market().company;
        let market = pdf(&admin, &format!("&company_id={}", company.id), "en").await;
        let text = self::text(&market.body).unwrap_or_default();
        assert!(text.contains("Total 7 100%") && text.contains(&format!("All teams · {}", company.name)), "{text}");
        // Another's figures, even of nothing, are not for a rep.
        let rep = firm.sign_in(&app, "rep1").await;
        pdf(&rep, &format!("&employee_id={}", firm.rep2.id), "en").await.refused(403, "forbidden", "employee_id");
        let stranger = pdf(&firm.sign_in(&app, "manager1").await, &format!("&team_id={}", firm.south.id), "en").await;
        let text = self::text(&stranger.body).unwrap_or_default();
        assert!(!text.contains("South") && text.contains("Total 0 –"), "{text}");
    }

    async fn thai_buddhist_years_and_odd_names_come_out_as_they_are(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let settings = json!({ "visit_target": 8, "calendar": "buddhist" });
        admin.send(admin.request(Method::PUT, "/organisation").json(&settings)).await.ok(200);
        let odd = "#set text(red) *น้ำใจ* $x$ @ผู้ใหญ่";
        let path = format!("/employees/{}", firm.rep1.id);
        let person = json!({ "name": odd, "email": "rep1@alpha.test", "role": "rep", "team_id": firm.north.id });
        admin.send(admin.request(Method::PUT, &path).json(&person)).await.ok(200);
        let file = pdf(&admin, "&month=2026-11", "th-TH,en;q=0.5").await;
        assert_eq!(file.status, 200, "{}", file.text());
        let Some(text) = read(&file.body, "-raw") else { return };
        // A long name goes on on the next line.
        let solid = |text: &str| text.replace(' ', "");
        for part in ["รายงานการเยี่ยมลูกค้า เดือนพฤศจิกายน 2569", "ทุกทีม", "เดือนก่อน", odd] {
            assert!(solid(&text).contains(&solid(part)), "no {part:?} in {text}");
        }
        let english = pdf(&admin, "&month=2026-11", "en").await;
        assert!(self::text(&english.body).unwrap_or_default().contains("November 2569 BE"));
    }
}
