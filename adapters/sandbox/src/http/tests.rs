//! Tests of [`super`]: http.

use super::router;
use crate::config::Config;
use crate::fact::{Fact, Line, whole};
use crate::gateway::{Gateway, Parts};
use crate::model::SheetRequest;
use crate::record::MemoryDisk;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use souk_kernel::{Currency, ManualClock, Money, SeededEntropy, Timestamp};
use std::sync::Arc;
use tower::ServiceExt;

struct Site {
    gateway: Arc<Gateway>,
    disk: MemoryDisk,
    clock: Arc<ManualClock>,
}

fn site() -> Site {
    let disk = MemoryDisk::default();
    // 2026-09-21
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let parts = Parts {
        clock: Arc::clone(&clock) as Arc<dyn souk_kernel::Clock>,
        entropy: Arc::new(SeededEntropy::new(5)),
        sink: None,
    };
    let gateway = Gateway::open(Config::default(), Box::new(disk.clone()), parts).unwrap();
    Site { gateway, disk, clock }
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

impl Site {
    async fn send(&self, request: Request<Body>) -> Response {
        router(Arc::clone(&self.gateway)).oneshot(request).await.unwrap()
    }

    async fn call(&self, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::post(path)
            .header("authorization", "Bearer sk_sandbox")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        json_of(self.send(request.unwrap()).await).await
    }

    async fn get(&self, path: &str) -> Response {
        let request = Request::get(path).header("authorization", "Bearer sk_sandbox");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn form(&self, path: &str, body: &str) -> Response {
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header("content-type", kind);
        self.send(request.body(Body::from(String::from(body))).unwrap()).await
    }

    /// The session of a fresh sheet.
    fn sheet(&self) -> String {
        let url = self.gateway.create_sheet(SheetRequest {
            amount: Money::new(129_900, Currency::Eur),
            return_url: String::from("http://127.0.0.1:8080/pay?checkout=7"),
            merchant: String::from("Fish & <Chips>"),
            reference: String::from("checkout_7"),
            keep: true,
        });
        let url = url.unwrap();
        String::from(url.strip_prefix("http://localhost:8081/sheet?session=").unwrap())
    }
}

async fn json_of(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    if status.is_client_error() && status != StatusCode::PAYMENT_REQUIRED {
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
    let body = text(response).await;
    (status, serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body}")))
}

fn order(token: &str) -> Value {
    json!({"reference": "order_1", "amount": 1299, "currency": "EUR", "token": token,
           "return_url": "http://127.0.0.1:8080/done"})
}

#[tokio::test]
async fn a_payment_over_http() {
    let site = site();
    let (status, first) = site.call("/v1/authorizations", "a", &order("tok_approve")).await;
    assert_eq!((status, &first["status"]), (StatusCode::CREATED, &json!("authorized")));
    assert_eq!((&first["amount"], &first["currency"]), (&json!(1299), &json!("EUR")));
    let again = site.call("/v1/authorizations", "a", &order("tok_approve")).await;
    assert_eq!(again, (StatusCode::CREATED, first.clone()));
    let other = site.call("/v1/authorizations", "a", &order("tok_decline")).await;
    assert_eq!(other.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.1["code"], "idempotency_key_reused");

    let path = format!("/v1/authorizations/{}", first["gateway_ref"].as_str().unwrap());
    let (status, answer) =
        site.call(&format!("{path}/capture"), "c", &json!({"amount": 1000})).await;
    assert_eq!((status, &answer["captured_minor"]), (StatusCode::OK, &json!(1000)));
    let (status, answer) =
        site.call(&format!("{path}/refund"), "r", &json!({"amount": 1001})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("amount_too_large")));
    let (status, answer) = site.call(&format!("{path}/refund"), "r2", &json!({"amount": 5})).await;
    assert_eq!((status, &answer["refunded_minor"]), (StatusCode::OK, &json!(5)));
    let (status, found) = json_of(site.get(&format!("{path}/refunds/r2")).await).await;
    assert_eq!((status, found), (StatusCode::OK, answer));
    let (status, _) = json_of(site.get(&format!("{path}/refunds/r")).await).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it was refused");
    let (status, answer) = site.call(&format!("{path}/void"), "v", &Value::Null).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("already_captured")));

    for path in [path.as_str(), "/v1/lookup?reference=order_1"] {
        let (status, state) = json_of(site.get(path).await).await;
        assert_eq!((status, &state["status"]), (StatusCode::OK, &json!("captured")));
        assert_eq!((&state["captured_minor"], &state["refunded_minor"]), (&json!(1000), &json!(5)));
        assert_eq!((&state["currency"], &state["reason"]), (&json!("EUR"), &Value::Null));
    }
}

#[tokio::test]
async fn declines_actions_and_tombstones_have_their_own_answers() {
    let site = site();
    let (status, answer) = site.call("/v1/authorizations", "a", &order("tok_decline")).await;
    assert_eq!(
        (status, &answer["reason"]),
        (StatusCode::PAYMENT_REQUIRED, &json!("card_declined"))
    );
    let (status, answer) = site.call("/v1/authorizations", "b", &order("tok_3ds")).await;
    assert_eq!((status, &answer["status"]), (StatusCode::ACCEPTED, &json!("requires_action")));
    let (status, answer) = site.call("/v1/authorizations", "c", &order("tok_lost_answer")).await;
    assert_eq!((status, &answer["code"]), (StatusCode::GATEWAY_TIMEOUT, &json!("no_answer")));
    let (status, _) = site.call("/v1/voids", "v", &json!({"reference": "order_9"})).await;
    assert_eq!(status, StatusCode::OK);
    let late =
        json!({"reference": "order_9", "amount": 1, "currency": "EUR", "token": "tok_approve"});
    let (status, answer) = site.call("/v1/authorizations", "d", &late).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("reference_voided")));
    let (status, _) = json_of(site.get("/v1/lookup?reference=never").await).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn bad_input_gets_a_clear_refusal() {
    let site = site();
    let with = |field: &str, value: Value| {
        let mut body = order("tok_approve");
        body[field] = value;
        body
    };
    for bad in [
        Value::Null,
        json!([]),
        json!({}),
        with("amount", json!(0)),
        with("amount", json!(1.5)),
        with("amount", json!("1299")),
        with("currency", json!("XXX")),
        with("reference", json!("")),
        with("reference", json!("a\nb")),
        with("extra", json!(1)),
    ] {
        let (status, problem) = site.call("/v1/authorizations", "k", &bad).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_request"))
        );
        assert_eq!(problem["status"], 400);
    }
    let huge = with("reference", json!("x".repeat(20_000)));
    let (status, problem) = site.call("/v1/authorizations", "k", &huge).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &json!("body_too_large"))
    );

    let path = "/v1/authorizations/ga_0000000000000000/capture";
    assert_eq!(site.call(path, "k", &json!({"amount": 1})).await.0, StatusCode::NOT_FOUND);
    let path = "/v1/authorizations/nonsense/capture";
    assert_eq!(site.call(path, "k", &json!({"amount": 1})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(json_of(site.get("/v1/nothing").await).await.0, StatusCode::NOT_FOUND);
    assert_eq!(json_of(site.get("/v1/voids").await).await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(json_of(site.get("/v1/lookup").await).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(site.gateway.record_figures().0, 0, "nothing was recorded");
}

#[tokio::test]
async fn the_api_needs_its_secret_and_a_key() {
    let site = site();
    for sent in [None, Some("Bearer wrong"), Some("sk_sandbox"), Some("Bearer ")] {
        let mut request = Request::get("/v1/record");
        if let Some(sent) = sent {
            request = request.header("authorization", sent);
        }
        let response = site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(json_of(response).await.0, StatusCode::UNAUTHORIZED, "{sent:?}");
    }
    let request = Request::post("/v1/authorizations")
        .header("authorization", "Bearer sk_sandbox")
        .body(Body::from(order("tok_approve").to_string()));
    let (status, problem) = json_of(site.send(request.unwrap()).await).await;
    assert_eq!(status, StatusCode::PRECONDITION_REQUIRED);
    assert_eq!(problem["code"], "idempotency_key_required");
}

#[tokio::test]
async fn the_record_is_streamed_line_by_line() {
    let site = site();
    for n in 0..500 {
        let body = json!({"reference": format!("order_{n}"), "amount": 1, "currency": "EUR",
                          "token": "tok_approve"});
        site.call("/v1/authorizations", &format!("k{n}"), &body).await;
    }
    let streamed = text(site.get("/v1/record").await).await;
    assert_eq!(streamed.as_bytes(), site.disk.bytes());
    assert_eq!(streamed.lines().filter(|line| whole(line.as_bytes())).count(), 500);
}

fn location(response: &Response) -> String {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    String::from(response.headers()[header::LOCATION].to_str().unwrap())
}

#[tokio::test]
async fn a_shopper_pays_with_a_test_card() {
    let site = site();
    let session = site.sheet();
    let response = site.get(&format!("/sheet?session={session}")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let policy = String::from(response.headers()["content-security-policy"].to_str().unwrap());
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("form-action 'self' http://127.0.0.1:8080;"), "{policy}");
    let html = text(response).await;
    for part in [
        "Pay €1,299.00",
        "Fish &amp; &lt;Chips&gt;",
        "<label for=\"number\">",
        "autocomplete=\"cc-number\" inputmode=\"numeric\"",
        "autocomplete=\"cc-exp\"",
        "autocomplete=\"cc-csc\"",
        "value=\"webhook_disorder\"",
        "Sandbox",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert!(!html.contains("<script") && !html.contains("style="));

    let form = format!("session={session}&number=4242+4242+4242+4242&expiry=12%2F34&cvc=123");
    let back = location(&site.form("/sheet", &form).await);
    let token = back.strip_prefix("http://127.0.0.1:8080/pay?checkout=7&payment_token=").unwrap();
    let (status, _) = site.call("/v1/authorizations", "a", &order(token)).await;
    assert_eq!(status, StatusCode::CREATED);
    let (status, answer) = site.call("/v1/authorizations", "b", &order(token)).await;
    assert_eq!((status, &answer["reason"]), (StatusCode::PAYMENT_REQUIRED, &json!("token_used")));

    let record = String::from_utf8(site.disk.bytes()).unwrap();
    assert!(!record.contains("424242424242"), "a card number in the record");
    let first = record.lines().next().unwrap();
    match Line::read(first.as_bytes()).unwrap().fact {
        Fact::Token { card, .. } => {
            assert_eq!(card.map(|(b, l, _)| (b, l)), Some(("visa", "4242")))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_button_leads_back_with_a_token() {
    let site = site();
    let session = site.sheet();
    for (behaviour, label) in crate::Behaviour::BUTTONS {
        let form = format!("session={session}&behaviour={behaviour}");
        let back = location(&site.form("/sheet", &form).await);
        assert!(back.contains("&payment_token=tok_"), "{label}: {back}");
    }
    let form = format!("session={session}&behaviour=explode");
    assert_eq!(site.form("/sheet", &form).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_mistyped_card_is_marked_and_never_repeated() {
    let site = site();
    let session = site.sheet();
    for (number, expiry, cvc, told) in [
        ("4242424242424241", "12/34", "123", "Check the card number."),
        ("4111111111111111", "12/34", "123", "Never type a real card here."),
        ("4242424242424242", "01/20", "123", "as MM/YY"),
        ("4242424242424242", "12/34", "x", "3 or 4 digits"),
    ] {
        let form = format!("session={session}&number={number}&expiry={expiry}&cvc={cvc}");
        let response = site.form("/sheet", &form).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let html = text(response).await;
        assert!(html.contains(told) && html.contains("role=\"alert\""), "{html}");
        assert!(!html.contains(number), "the number is sent back");
    }
    assert!(site.disk.bytes().is_empty());
    // A developer who sends one to the API doesn't find it in the refusal either.
    let body = json!({"amount": "4242 4242 4242 4242"});
    let (_, problem) = site.call("/v1/sheets", "k", &body).await;
    assert!(!problem.to_string().contains("4242 4242"), "{problem}");
}

#[tokio::test]
async fn a_sheet_ends_after_an_hour_and_can_not_be_forged() {
    let site = site();
    let session = site.sheet();
    let forged = session.replacen("7b", "7c", 1);
    for bad in ["", "x.y", forged.as_str()] {
        let response = site.get(&format!("/sheet?session={bad}")).await;
        assert_eq!(response.status(), StatusCode::GONE);
        let response = site.form("/sheet", &format!("session={bad}&behaviour=approve")).await;
        assert_eq!(response.status(), StatusCode::GONE);
    }
    // Sealed with the right secret, but leading astray.
    let astray = SheetRequest {
        amount: Money::new(5, Currency::Eur),
        return_url: String::from("https://evil.example/"),
        merchant: String::from("m"),
        reference: String::from("r"),
        keep: false,
    };
    let astray = crate::session::Session::new(astray, site.gateway.now()).unwrap();
    let response = site.get(&format!("/sheet?session={}", astray.seal(b"sk_sandbox"))).await;
    assert_eq!(response.status(), StatusCode::GONE);
    site.clock.advance(souk_kernel::HOUR_MS);
    let response = site.get(&format!("/sheet?session={session}")).await;
    assert_eq!(response.status(), StatusCode::GONE);
}

#[tokio::test]
async fn sheets_lead_back_to_known_origins_only() {
    let site = site();
    let mut body = json!({"amount": 5, "currency": "EUR", "merchant": "m", "reference": "r",
                          "return_url": "http://localhost:8080/x"});
    let (status, answer) = site.call("/v1/sheets", "k", &body).await;
    assert_eq!(status, StatusCode::CREATED);
    assert!(answer["url"].as_str().unwrap().starts_with("http://localhost:8081/sheet?session="));
    body["return_url"] = json!("https://evil.example/x");
    assert_eq!(site.call("/v1/sheets", "k", &body).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn three_d_secure_leads_back_with_the_reference() {
    let site = site();
    for (key, decision, status) in [("a", "approve", "authorized"), ("b", "reject", "declined")] {
        let mut body = order("tok_3ds");
        body["reference"] = json!(format!("order {key}"));
        let (_, answer) = site.call("/v1/authorizations", key, &body).await;
        let url = answer["url"].as_str().unwrap();
        let path = url.strip_prefix("http://localhost:8081").unwrap();
        let response = site.get(path).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("form-action 'self' http://127.0.0.1:8080;"), "{policy}");
        let html = text(response).await;
        assert!(html.contains("Confirm €12.99") && html.contains("value=\"reject\""), "{html}");
        let expected = format!("http://127.0.0.1:8080/done?reference=order%20{key}");
        let response = site.form(path, &format!("decision={decision}")).await;
        assert_eq!(location(&response), expected);
        let again = site.form(path, "decision=approve").await;
        assert_eq!(location(&again), expected, "a second tap leads back too");
        assert!(text(site.get(path).await).await.contains("Already done"));
        let (_, state) =
            json_of(site.get(&format!("/v1/lookup?reference=order%20{key}")).await).await;
        assert_eq!(state["status"], status);
    }
    assert_eq!(site.form("/3ds/ga_0000000000000000", "decision=approve").await.status(), 404);
    assert_eq!(site.get("/3ds/nonsense").await.status(), 404);
}

#[tokio::test]
async fn a_bank_can_be_played_and_a_wallet_asked() {
    let site = site();
    let mut body = order("tok_approve");
    body["method"] = json!("transfer");
    body["statement"] = json!("2XK7-0000");
    let (status, answer) = site.call("/v1/authorizations", "t", &body).await;
    assert_eq!((status, &answer["status"]), (StatusCode::ACCEPTED, &json!("awaiting_transfer")));
    assert_eq!(answer["iban"], crate::TRANSFERS_TO.1);
    let path = answer["url"].as_str().unwrap().strip_prefix("http://localhost:8081").unwrap();
    let html = text(site.get(path).await).await;
    for shown in
        ["Transfer €12.99", "2XK7-0000", crate::TRANSFERS_TO.1, "A cent less comes: €12.98"]
    {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    assert_eq!(site.form(path, "amount=nonsense").await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(location(&site.form(path, "amount=short").await), path);
    let html = text(site.get(path).await).await;
    assert!(html.contains("The rest comes: €0.01"), "{html}");
    site.form(path, "amount=rest").await;
    let html = text(site.get(path).await).await;
    assert!(html.contains("the shop has it") && html.contains("too late"), "{html}");
    let card = site.call("/v1/authorizations", "c", &order("tok_3ds")).await.1;
    let card = card["gateway_ref"].as_str().unwrap();
    let none = site.form(&format!("/bank/{card}"), "amount=exact").await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND, "no transfer is waited for there");

    let mut body = order("tok_approve");
    (body["method"], body["reference"]) = (json!("wallet"), json!("order w"));
    let (_, answer) = site.call("/v1/authorizations", "w", &body).await;
    let path = answer["url"].as_str().unwrap().strip_prefix("http://localhost:8081").unwrap();
    assert!(path.starts_with("/wallet/"));
    let html = text(site.get(path).await).await;
    assert!(html.contains("Confirm in the app") && html.contains(&format!("action=\"{path}\"")));
    site.form(path, "decision=reject").await;
    let (_, state) = json_of(site.get("/v1/lookup?reference=order%20w").await).await;
    assert_eq!(state["reason"], "cancelled_by_shopper");
}

#[tokio::test]
async fn the_style_is_a_file_of_its_own() {
    let response = site().get("/sheet.css").await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
    let wrong =
        Request::builder().method(Method::DELETE).uri("/sheet").body(Body::empty()).unwrap();
    assert_eq!(site().send(wrong).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_is_no_page_is_a_page_of_the_gateway_too() {
    let site = site();
    let missing = [("/nowhere", 404), ("/3ds/ga_none", 404), ("/sheet/none", 404)];
    for (path, status) in missing {
        let answer = site.get(path).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let html = text(answer).await;
        assert!(html.contains("<h1>Not found</h1>") && html.contains("sheet.css"), "{html}");
    }
    let put = Request::put("/sheet").body(Body::empty()).unwrap();
    let answer = site.send(put).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(text(answer).await.contains("be opened like that"));
    let (status, problem) = json_of(site.get("/v1/nowhere").await).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::NOT_FOUND, Some("no_such_route")));
}
