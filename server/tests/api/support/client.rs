//! HTTP as another program would speak it.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    pub token: Option<String>,
}

/// A whole answer.
pub struct Answer {
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(address: &str, token: Option<&str>) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        Self { http, base: format!("http://{address}/api/v1"), token: token.map(str::to_owned) }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let asked = format!("{} {}", request.method(), request.url());
        let answer = self.http.execute(request).await.unwrap_or_else(|e| panic!("{asked}: {e:?}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.unwrap_or_else(|e| panic!("{asked}: {e:?}")).to_vec();
        Answer { asked, status, headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Names and values are encoded.
    pub async fn find(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::GET, path).query(query)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn post_raw(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.send(self.request(Method::POST, path).header("content-type", "application/json").body(body))
            .await
    }

    pub async fn put_photo(&self, visit: &str, bytes: &[u8]) -> Answer {
        self.send(self.request(Method::PUT, &format!("/visits/{visit}/photo")).body(bytes.to_vec())).await
    }

    pub async fn put_task_photo(&self, task: &str, bytes: &[u8]) -> Answer {
        self.send(self.request(Method::PUT, &format!("/tasks/{task}/photo")).body(bytes.to_vec())).await
    }

    /// Every item of a list, page by page.
    pub async fn all(&self, path: &str, query: &[(&str, &str)], limit: usize) -> Vec<Value> {
        let limit = limit.to_string();
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let mut asked = query.to_vec();
            asked.extend([("limit", limit.as_str()), ("cursor", cursor.as_str())]);
            let page = self.find(path, &asked).await.ok(200);
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return items,
            }
        }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{}: {e}: {}", self.asked, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The JSON of an answer with this status.
    #[track_caller]
    pub fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        self.json()
    }

    /// A problem with this status and stable name, naming this field; an empty one means none is named.
    #[track_caller]
    pub fn refused(&self, status: u16, name: &str, field: &str) -> Value {
        let (got, problem) = problem(self);
        let fields: Vec<_> =
            problem["errors"].as_array().into_iter().flatten().map(|e| e["field"].clone()).collect();
        let fields: Vec<_> = fields.iter().filter_map(Value::as_str).collect();
        let expected: Vec<_> = Some(field).into_iter().filter(|field| !field.is_empty()).collect();
        assert_eq!(
            (self.status, got.as_str(), fields),
            (status, name, expected),
            "{}: {}",
            self.asked,
            self.text()
        );
        problem
    }
}

/// The stable name of a problem and the problem, after checking that it is one.
#[track_caller]
pub fn problem(answer: &Answer) -> (String, Value) {
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{}: {}",
        answer.asked,
        answer.text()
    );
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status, "{}", answer.asked);
    for member in ["type", "title", "detail"] {
        assert!(
            problem[member].as_str().is_some_and(|text| !text.is_empty()),
            "{}: no {member}",
            answer.asked
        );
    }
    let kind = problem["type"].as_str().unwrap();
    (kind.rsplit('/').next().unwrap().to_owned(), problem)
}
