//! `/api/openapi.json` and `/api/docs`: the same document for programs and for people.
//!
//! The page is written once, at start, from the document: no script, nothing from elsewhere.

use crate::ApiState;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use utoipa::openapi::OpenApi;

const STYLE: &str = include_str!("docs.css");
const CSP: &str = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
    form-action 'none'";

/// The routes of the document and its page.
pub(crate) fn routes(document: &OpenApi) -> Router<ApiState> {
    let value = serde_json::to_value(document).unwrap_or_default();
    let json = axum::body::Bytes::from(value.to_string());
    let page = axum::body::Bytes::from(Page(&value).whole());
    let file = |kind: &'static str, body: axum::body::Bytes| {
        get(move || async move {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
                (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60")),
                (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)),
            ];
            (headers, body).into_response()
        })
    };
    let style = axum::body::Bytes::from_static(STYLE.as_bytes());
    Router::new()
        .route("/api/openapi.json", file("application/json", json))
        .route("/api/docs", file("text/html; charset=utf-8", page))
        .route("/api/docs/style.css", file("text/css; charset=utf-8", style))
}

/// The page's writer. Writing to a `String` never fails, so results are dropped.
struct Page<'a>(&'a Value);

impl Page<'_> {
    fn whole(&self) -> String {
        let info = &self.0["info"];
        let (title, version) = (text(&info["title"]), text(&info["version"]));
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title} API {version}</title>\
             <link rel=\"stylesheet\" href=\"/api/docs/style.css\"></head><body>\
             <header><h1>{title} API <small>{version}</small></h1><p>{}</p>\
             <p><a href=\"/api/openapi.json\">OpenAPI document</a></p></header>",
            prose(&info["description"])
        );
        let operations = self.operations();
        out.push_str("<nav aria-label=\"Operations\"><ul>");
        for operation in &operations {
            let _ = write!(
                out,
                "<li><a href=\"#{}\"><b>{}</b> {}</a></li>",
                operation.anchor(),
                operation.method.to_uppercase(),
                escape(operation.path)
            );
        }
        out.push_str("</ul></nav><main>");
        for operation in &operations {
            self.operation(&mut out, operation);
        }
        self.schemas(&mut out);
        codes(&mut out, &operations);
        out.push_str("</main></body></html>\n");
        out
    }

    fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        let mut found = Vec::new();
        for (path, item) in paths {
            for (method, body) in item.as_object().into_iter().flatten() {
                found.push(Operation { method, path, body });
            }
        }
        found
    }

    fn operation(&self, out: &mut String, operation: &Operation<'_>) {
        let body = operation.body;
        let _ = write!(
            out,
            "<section id=\"{}\"><h2><b>{}</b> <code>{}</code></h2><p><strong>{}.</strong> {}</p>",
            operation.anchor(),
            operation.method.to_uppercase(),
            escape(operation.path),
            text(&body["summary"]),
            prose(&body["description"])
        );
        let parameters = body["parameters"].as_array().into_iter().flatten();
        let rows: Vec<[String; 3]> = parameters
            .map(|one| {
                let place = format!("{} · {}", text(&one["in"]), kind(&one["schema"]));
                [text(&one["name"]), place, prose(&one["description"])]
            })
            .collect();
        table(out, "Parameters", &rows);
        let request = &body["requestBody"]["content"]["application/json"]["schema"];
        if !request.is_null() {
            let _ = write!(out, "<p>Request body: {}</p>", kind(request));
        }
        let responses = body["responses"].as_object().into_iter().flatten();
        let rows: Vec<[String; 3]> = responses
            .map(|(status, response)| {
                let content = response["content"].as_object().and_then(|all| all.values().next());
                let schema = content.map(|one| kind(&one["schema"])).unwrap_or_default();
                [escape(status), schema, prose(&response["description"])]
            })
            .collect();
        table(out, "Responses", &rows);
        out.push_str("</section>");
    }

    fn schemas(&self, out: &mut String) {
        out.push_str("<h2>Schemas</h2>");
        let schemas = self.0["components"]["schemas"].as_object().into_iter().flatten();
        for (name, schema) in schemas {
            let name = escape(name);
            let _ = write!(out, "<section id=\"schema-{name}\"><h3>{name}</h3>");
            let _ = write!(out, "<p>{}</p>", prose(&schema["description"]));
            let required = schema["required"].as_array();
            let is_required =
                |field: &str| required.is_some_and(|names| names.iter().any(|name| name == field));
            let fields = schema["properties"].as_object().into_iter().flatten();
            let rows: Vec<[String; 3]> = fields
                .map(|(field, schema)| {
                    let optional = if is_required(field) { "" } else { " · optional" };
                    let kind = format!("{}{optional}", kind(schema));
                    [escape(field), kind, prose(&schema["description"])]
                })
                .collect();
            table(out, "Fields", &rows);
            out.push_str("</section>");
        }
    }
}

struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    body: &'a Value,
}

impl Operation<'_> {
    fn anchor(&self) -> String {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        format!("{}{}", self.method, self.path.chars().map(letter).collect::<String>())
    }
}

/// Problems that any route can answer with.
const ANYWHERE: &[(&str, &str)] = &[
    ("conflict", "409: somebody else changed it first. Read it again and repeat."),
    ("cross_site", "403: a page of another site asked for a change with the visitor's cookie."),
    ("method_not_allowed", "405: the route exists, but not with this method."),
    ("no_such_route", "404: there is no such route."),
    ("not_ready", "503, from /readyz: an engine behind this process does not answer."),
    (
        "rate_limited",
        "429: too many requests from one address. Retry-After says when to ask again.",
    ),
];

/// The problems' codes, where their `type` leads.
fn codes(out: &mut String, operations: &[Operation<'_>]) {
    let mut known: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for operation in operations {
        for (status, response) in operation.body["responses"].as_object().into_iter().flatten() {
            let described = response["description"].as_str().unwrap_or_default();
            if status.as_str() < "400" {
                continue;
            }
            for code in described
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|code| is_code(code) && !is_anywhere(code))
            {
                let users = known.entry(code.to_owned()).or_default();
                let link = format!(
                    "<a href=\"#{}\">{} {}</a>",
                    operation.anchor(),
                    operation.method.to_uppercase(),
                    escape(operation.path)
                );
                users.entry(status.clone()).or_default().push(link);
            }
        }
    }
    out.push_str("<h2>Problem codes</h2><dl>");
    for (code, users) in known {
        let _ = write!(out, "<dt id=\"{code}\"><code>{code}</code></dt><dd>");
        for (status, links) in users {
            let _ = write!(out, "{status}: {} ", links.join(", "));
        }
        out.push_str("</dd>");
    }
    for (code, words) in ANYWHERE {
        let _ = write!(out, "<dt id=\"{code}\"><code>{code}</code></dt><dd>{words}</dd>");
    }
    out.push_str("</dl>");
}

fn is_anywhere(code: &str) -> bool {
    ANYWHERE.iter().any(|(known, _)| *known == code)
}

fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || b"_0123456789".contains(&byte))
}

fn table(out: &mut String, caption: &str, rows: &[[String; 3]]) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(out, "<table><caption>{caption}</caption><tbody>");
    for [name, kind, words] in rows {
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><code>{name}</code></th><td>{kind}</td><td>{words}</td></tr>"
        );
    }
    out.push_str("</tbody></table>");
}

/// A schema in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let is_null = |one: &&Value| one["type"] != "null";
            let kinds: Vec<_> = choices.iter().filter(is_null).map(kind).collect();
            return kinds.join(" or ");
        }
    }
    let name = match &schema["type"] {
        Value::Array(names) => names.iter().map(text).filter(|name| name != "null").collect(),
        other => vec![text(other)],
    };
    match name.first().map(String::as_str) {
        Some("array") => format!("list of {}", kind(&schema["items"])),
        Some(name) if schema["format"].is_string() => {
            format!("{name} ({})", text(&schema["format"]))
        }
        Some(name) => name.to_owned(),
        None => String::new(),
    }
}

/// Escaped text, with `code` between backticks.
fn prose(value: &Value) -> String {
    let escaped = text(value);
    let pieces = escaped.split('`').enumerate();
    pieces
        .map(|(i, piece)| if i % 2 == 1 { format!("<code>{piece}</code>") } else { piece.into() })
        .collect()
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;

    #[tokio::test]
    async fn the_page_shows_every_operation_and_needs_nothing_else() {
        let shop = Shop::open();
        let page = shop.get("/api/docs").await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        let document = shop.get("/api/openapi.json").await.body;
        for path in document["paths"].as_object().unwrap().keys() {
            assert!(page.text.contains(&format!("<code>{path}</code>")), "{path}");
        }
        assert!(!page.text.contains("<script") && !page.text.contains("http://"), "self-contained");
        assert!(!page.text.contains("style=\""), "the policy forbids it");
        assert_eq!(shop.get("/api/docs/style.css").await.status, 200);
    }

    #[tokio::test]
    async fn a_problem_s_type_leads_to_its_code() {
        let page = Shop::open().get("/api/docs").await;
        for code in ["email_taken", "unauthenticated", "body_too_large", "no_such_route"] {
            assert!(page.text.contains(&format!("<dt id=\"{code}\">")), "{code}");
        }
    }

    #[tokio::test]
    async fn every_link_on_the_page_leads_somewhere() {
        let page = Shop::open().get("/api/docs").await;
        for link in page.text.split("href=\"#").skip(1) {
            let anchor = link.split('"').next().unwrap();
            assert!(page.text.contains(&format!("id=\"{anchor}\"")), "{anchor}");
        }
    }
}
