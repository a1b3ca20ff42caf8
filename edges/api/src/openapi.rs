//! The OpenAPI 3.1 document, assembled from the handlers themselves.

use crate::{ApiState, PREFIX, rooms};
use axum::Router;
use souk_webkit::{FieldFaultView, ProblemBody};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::SchemaFormat;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{IntoResponses, Modify, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Souk",
        description = "The shop's REST API. Money is in minor units. Errors are problem documents \
            (RFC 9457) with a stable `code`. Whatever takes money or stock wants an \
            `Idempotency-Key`: repeat a request with the same key and you get the same answer.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody, FieldFaultView)),
    modifiers(&Security)
)]
struct Frame;

/// The two ways to show a session.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        let bearer = bearer.description(Some("The token of a guest, an account or a session."));
        components.add_security_scheme("session", SecurityScheme::Http(bearer.build()));
        let cookie = ApiKeyValue::with_description(
            "__Host-souk",
            "The same token as a cookie; on loopback http it is called souk_session.",
        );
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// Joins the contexts' routes and their documentation.
pub(crate) fn assemble(rooms: OpenApiRouter<ApiState>) -> (Router<ApiState>, OpenApi) {
    let frame = OpenApiRouter::with_openapi(Frame::openapi());
    let (routes, mut document) = frame.nest(PREFIX, rooms).split_for_parts();
    complete(&mut document);
    (routes, document)
}

/// What holds of every operation: any may be asked too often, and ids and keys look alike everywhere.
fn complete(document: &mut OpenApi) {
    let limited: RefOr<Response> =
        problem("`rate_limited`: too many requests; again after `Retry-After` seconds.").into();
    for (path, item) in &mut document.paths.paths {
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in methods {
            let Some(operation) = operation else { continue };
            operation.operation_id = Some(operation_id(method, path));
            let responses = &mut operation.responses.responses;
            responses.entry("429".to_owned()).or_insert_with(|| limited.clone());
            for parameter in operation.parameters.iter_mut().flatten() {
                refine(path, parameter);
            }
        }
    }
}

/// What generated clients call an operation: `post_orders_id_cancel`.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// Says what an id and a key look like. An order is also known by its number.
fn refine(path: &str, parameter: &mut Parameter) {
    let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema else { return };
    match (&parameter.parameter_in, parameter.name.as_str()) {
        (ParameterIn::Path, "id") if path.contains("/orders/{id}") => {}
        (ParameterIn::Path, "id" | "offer_id") => {
            schema.format = Some(SchemaFormat::Custom("uuid".to_owned()));
        }
        (ParameterIn::Header, "Idempotency-Key") => {
            schema.pattern = Some("^[!-~]{1,255}$".to_owned());
        }
        _ => {}
    }
}

/// The document, for `cargo xtask openapi` and `/api/openapi.json`.
#[must_use]
pub fn document() -> OpenApi {
    assemble(rooms()).1
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build()
}

type Documented = std::collections::BTreeMap<String, RefOr<Response>>;

fn problems(list: &[(&str, &str)]) -> Documented {
    list.iter().map(|(status, text)| ((*status).to_owned(), problem(text).into())).collect()
}

/// What any JSON body may be answered with: name it in `responses(..)`.
pub(crate) struct BodyProblems;

impl IntoResponses for BodyProblems {
    fn responses() -> Documented {
        problems(&[
            ("400", "`json_malformed` or `body_incomplete`: the body is not JSON."),
            ("413", "`body_too_large`: the body is longer than 64 KiB."),
            ("415", "`not_json`: the body is not declared as JSON."),
        ])
    }
}

/// What any request with a session may be answered with.
pub(crate) struct SessionProblems;

impl IntoResponses for SessionProblems {
    fn responses() -> Documented {
        problems(&[("401", "`unauthenticated`: no session is shown, or it has ended.")])
    }
}

/// What a request that may show a session, and need not, may be answered with.
pub(crate) struct TokenProblems;

impl IntoResponses for TokenProblems {
    fn responses() -> Documented {
        problems(&[("401", "`unauthenticated`: the bearer's token that is shown opens nothing.")])
    }
}

/// What any request that needs an engine may be answered with.
pub(crate) struct EngineProblems;

impl IntoResponses for EngineProblems {
    fn responses() -> Documented {
        problems(&[
            ("500", "`internal`: Souk failed. The failure was recorded."),
            ("503", "`unavailable`, `timeout` or `busy`: repeat the request later."),
        ])
    }
}

/// The problem documents' schema is part of the frame; handlers name the type by this alias.
pub(crate) type ProblemDoc = ProblemBody;

#[cfg(test)]
mod tests {
    use crate::testing::Shop;
    use serde_json::Value;

    fn operations(document: &Value) -> Vec<(String, String, Value)> {
        let paths = document["paths"].as_object().unwrap().iter();
        let each = |(path, item): (&String, &Value)| {
            let item = item.as_object().unwrap().clone();
            let path = path.clone();
            item.into_iter().map(move |(method, operation)| (method, path.clone(), operation))
        };
        paths.flat_map(each).collect()
    }

    /// The path with something for each parameter.
    fn concrete(path: &str) -> String {
        let part = |part: &str| match part.starts_with('{') {
            true => String::from("01990000-0000-7000-8000-000000000000"),
            false => part.to_owned(),
        };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    #[tokio::test]
    async fn the_document_is_openapi_3_1() {
        let answer = Shop::open().get("/api/openapi.json").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        assert_eq!(answer.body["openapi"], "3.1.0");
        assert_eq!(answer.body["info"]["version"], env!("CARGO_PKG_VERSION"));
        assert!(operations(&answer.body).len() >= 6);
    }

    #[tokio::test]
    async fn every_reference_leads_somewhere() {
        let document = Shop::open().get("/api/openapi.json").await;
        let references = document.text.split("\"$ref\":\"#").skip(1);
        let mut count = 0;
        for reference in references.map(|rest| rest.split('"').next().unwrap()) {
            assert!(document.body.pointer(reference).is_some(), "{reference}");
            count += 1;
        }
        assert!(count > 0);
    }

    /// What generators of clients trip over.
    #[test]
    fn parameters_are_where_they_say_and_every_operation_has_a_name_of_its_own() {
        let document = serde_json::to_value(super::document()).unwrap();
        let mut names = std::collections::BTreeSet::new();
        for (method, path, operation) in operations(&document) {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(names.insert(name.clone()), "{name} twice");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let named: std::collections::BTreeSet<String> = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap()))
                .collect();
            let wanted = path.split('/').filter(|part| part.starts_with('{'));
            assert_eq!(named, wanted.map(Into::into).collect(), "{method} {path}");
        }
        assert!(names.contains("post_orders_id_cancel"), "{names:?}");
    }

    #[tokio::test]
    async fn what_wants_a_session_refuses_the_unknown() {
        let shop = Shop::open();
        let document = shop.get("/api/openapi.json").await.body;
        let mut guarded = 0;
        for (method, path, operation) in operations(&document) {
            let security = operation["security"].as_array().cloned().unwrap_or_default();
            let optional = security.iter().any(|way| way.as_object().unwrap().is_empty());
            if security.is_empty() || optional {
                continue;
            }
            guarded += 1;
            let call = shop.request(&method.to_uppercase(), &concrete(&path));
            let answer = call.header("idempotency-key", "k").json(&Value::Null).send().await;
            assert_eq!(answer.problem(), (401, "unauthenticated"), "{method} {path}");
            assert!(operation["responses"].get("401").is_some(), "{method} {path}");
        }
        assert!(guarded >= 3);
    }

    #[tokio::test]
    async fn a_token_that_opens_nothing_is_refused_only_where_that_is_said() {
        let shop = Shop::open();
        let document = shop.get("/api/openapi.json").await.body;
        let mut refused = 0;
        for (method, path, operation) in operations(&document) {
            let call = shop.request(&method.to_uppercase(), &concrete(&path)).bearer("gone");
            let call = call.header("idempotency-key", "k");
            let answer = call.json(&serde_json::json!({"lines": []})).send().await;
            let status = answer.status.to_string();
            let said = operation["responses"].get(&status).is_some();
            assert!(said, "{method} {path} answers {status}: {:?}", answer.text);
            refused += usize::from(answer.status == 401);
        }
        assert!(refused >= 10);
    }

    #[tokio::test]
    async fn what_wants_a_key_refuses_without() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let document = shop.get("/api/openapi.json").await.body;
        for (method, path, operation) in operations(&document) {
            if operation["responses"].get("428").is_some() {
                let call = shop.request(&method.to_uppercase(), &concrete(&path)).bearer(&token);
                let answer = call.json(&Value::Null).send().await;
                let refused = (428, "idempotency_key_required");
                assert_eq!(answer.problem(), refused, "{method} {path}");
            }
        }
    }

    #[tokio::test]
    async fn every_operation_is_described_and_every_problem_names_its_codes() {
        let document = Shop::open().get("/api/openapi.json").await.body;
        for (method, path, operation) in operations(&document) {
            assert!(path.starts_with(crate::PREFIX), "{path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let text = response["description"].as_str().unwrap();
                assert!(!text.is_empty(), "{method} {path} {status}");
                if status.as_str() >= "400" {
                    assert!(text.starts_with('`'), "{method} {path} {status}: {text}");
                    let content = response["content"].as_object().unwrap();
                    let kinds: Vec<_> = content.keys().collect();
                    assert_eq!(kinds, ["application/problem+json"], "{method} {path} {status}");
                }
            }
        }
    }
}
