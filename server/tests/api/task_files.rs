//! Files that go with tasks.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::task_batches::{moved, put};
use crate::support::{Answer, Client, Firm, Watcher, new_photo, png};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n";

async fn attach(client: &Client, path: &str, id: &str, name: &str, bytes: &[u8]) -> Answer {
    let request = client.request(Method::PUT, &format!("{path}/attachments/{id}")).query(&[("name", name)]);
    client.send(request.body(bytes.to_vec())).await
}

async fn given(firm: &Firm, manager: &Client) -> (Value, String) {
    let body = json!({ "id": Uuid::new_v4(), "title": "x", "assignee_id": firm.rep1.id });
    let task = manager.post("/tasks", &body).await.ok(201);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    (task, path)
}

fn new_id() -> String {
    Uuid::new_v4().to_string()
}

engines! {
    async fn files_go_with_a_task_to_those_who_see_it(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let (_, path) = given(&firm, &manager).await;
        let (mut at_rep, _) = Watcher::hello(&app, &rep, json!({})).await;
        let (id, photo) = (new_id(), new_photo());
        let task = attach(&manager, &path, &id, "ใบเสนอราคา \"พ.ย.\";a=b.pdf", PDF).await.ok(200);
        assert_eq!(attach(&manager, &path, &id, "ใบเสนอราคา \"พ.ย.\";a=b.pdf", PDF).await.ok(200), task);
        assert_eq!(at_rep.event().await.data, task);
        let file = &task["attachments"][0];
        assert_eq!((&file["id"], &file["media_type"], &file["size_bytes"]), (&json!(id), &json!("application/pdf"), &json!(PDF.len())));
        attach(&manager, &path, &id, "other.pdf", PDF).await.refused(409, "id_conflict", "attachment_id");
        let picture = new_id();
        attach(&manager, &path, &picture, "shelf.png", &photo).await.ok(200);
        let answer = rep.get(&format!("{path}/attachments/{id}")).await;
        assert_eq!((answer.status, answer.body.as_slice(), answer.header("content-type")), (200, PDF, "application/pdf"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        let disposition = answer.header("content-disposition");
        assert!(disposition.starts_with("attachment; filename*=UTF-8''%E0%B9%83") && disposition.ends_with("%22%3Ba%3Db.pdf"), "{disposition}");
        assert_eq!(rep.get(&format!("{path}/attachments/{picture}")).await.body, photo);
        assert_eq!(rep.get("/tasks").await.ok(200)["items"][0]["attachments"].as_array().unwrap().len(), 2);

        for stranger in [firm.sign_in(&app, "rep2").await, firm.sign_in(&app, "manager2").await, other.sign_in(&app, "admin").await] {
            stranger.get(&format!("{path}/attachments/{id}")).await.refused(404, "task_not_found", "id");
            attach(&stranger, &path, &new_id(), "a.pdf", PDF).await.refused(404, "task_not_found", "id");
        }
        attach(&rep, &path, &new_id(), "a.pdf", PDF).await.refused(403, "forbidden", "");
        rep.get(&format!("{path}/attachments/{}", new_id())).await.refused(404, "attachment_not_found", "attachment_id");
        let remove = |client: Client| {
            let address = format!("{path}/attachments/{id}");
            async move { client.send(client.request(Method::DELETE, &address)).await }
        };
        remove(rep.clone()).await.refused(403, "forbidden", "");
        for _ in 0..2 {
            assert_eq!(remove(manager.clone()).await.ok(200)["attachments"].as_array().unwrap().len(), 1);
        }
        rep.get(&format!("{path}/attachments/{id}")).await.refused(404, "attachment_not_found", "attachment_id");
    }

    async fn what_is_no_picture_and_no_pdf_is_refused(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let (task, path) = given(&firm, &manager).await;
        let whole = png(9, 9);
        for bytes in [&b""[..], b"text", b"%PDF-1.4 cut off", b"x%PDF-1.4\n%%EOF", b"PK\x03\x04", &whole[..whole.len() - 20], b"<svg xmlns='http://www.w3.org/2000/svg'/>"] {
            attach(&manager, &path, &new_id(), "a.pdf", bytes).await.refused(415, "attachment_format", "file");
        }
        let mut large = b"%PDF-1.4\n".to_vec();
        large.resize(10 * 1024 * 1024 - 6, b' ');
        large.extend(b"%%EOF\n");
        attach(&manager, &path, &new_id(), "large.pdf", &large).await.ok(200);
        large.push(b'\n');
        attach(&manager, &path, &new_id(), "large.pdf", &large).await.refused(413, "attachment_too_large", "file");
        for name in ["", "a\u{0}b", "a\nb"] {
            attach(&manager, &path, &new_id(), name, PDF).await.refused(422, "invalid", "name");
        }
        attach(&manager, &path, "x", "a.pdf", PDF).await.refused(404, "unknown_address", "id");
        for n in 1..5 {
            attach(&manager, &path, &new_id(), &format!("{n}.pdf"), PDF).await.ok(200);
        }
        attach(&manager, &path, &new_id(), "6.pdf", PDF).await.refused(409, "too_many_attachments", "file");
        let (task2, path2) = given(&firm, &manager).await;
        moved(&manager, &task2, "cancelled").await;
        attach(&manager, &path2, &new_id(), "late.pdf", PDF).await.refused(409, "task_closed", "");
        // An edit leaves them where they are.
        let edit = json!({ "title": "y", "assignee_id": firm.rep1.id });
        assert_eq!(put(&manager, &path, &edit).await.ok(200)["attachments"].as_array().unwrap().len(), 5);
        drop(task);
    }

    async fn several_at_once_are_all_kept(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let (_, path) = given(&firm, &manager).await;
        let ids: Vec<_> = (0..5).map(|_| new_id()).collect();
        let all = ids.iter().map(|id| attach(&manager, &path, id, "a.pdf", PDF));
        for answer in futures_util::future::join_all(all).await {
            answer.ok(200);
        }
        assert_eq!(manager.get(&path).await.ok(200)["attachments"].as_array().unwrap().len(), 5);
    }

    async fn a_file_for_a_batch_is_sent_once(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (manager, south, rep2) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "manager2").await, firm.sign_in(&app, "rep2").await);
        let body = json!({ "id": Uuid::new_v4(), "title": "x", "assignee_ids": [firm.rep1.id, firm.rep2.id] });
        manager.post("/tasks/batches", &body).await.ok(201);
        let path = format!("/tasks/batches/{}", body["id"].as_str().unwrap());
        let id = new_id();
        let batch = attach(&manager, &path, &id, "plan.pdf", PDF).await.ok(200);
        assert_eq!(attach(&manager, &path, &id, "plan.pdf", PDF).await.ok(200), batch);
        for task in batch["tasks"].as_array().unwrap() {
            assert_eq!(task["attachments"][0]["name"], "plan.pdf");
        }
        let own = rep2.get("/tasks").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(rep2.get(&format!("/tasks/{own}/attachments/{id}")).await.body, PDF);
        attach(&south, &path, &new_id(), "a.pdf", PDF).await.refused(404, "batch_not_found", "id");
        attach(&rep2, &path, &new_id(), "a.pdf", PDF).await.refused(403, "forbidden", "");
    }
}
