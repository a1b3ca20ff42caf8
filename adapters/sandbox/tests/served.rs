//! The gateway as a process apart would meet it: real listeners, a real file, signed events over HTTP.

#![expect(clippy::unwrap_used, reason = "whatever fails here fails the test")]

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use souk_kernel::{Clock, SeededEntropy, SystemClock};
use souk_sandbox::record::FileDisk;
use souk_sandbox::{
    Config, Event, EventKind, Gateway, HyperSink, Parts, SIGNATURE_HEADER, WebhookPolicy,
    verify_signature,
};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

async fn hook(
    State(events): State<mpsc::Sender<Event>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let header = headers[SIGNATURE_HEADER].to_str().unwrap();
    match verify_signature("whsec_sandbox", header, &body, SystemClock.now()) {
        Ok(event) => {
            events.send(event).await.unwrap();
            StatusCode::OK
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

async fn shop() -> (String, mpsc::Receiver<Event>) {
    let (send, events) = mpsc::channel(10);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = Router::new().route("/hook", post(hook)).with_state(send);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, events)
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("souk-sandbox-served-{}", std::process::id()))
}

fn open(webhook_url: String) -> Arc<Gateway> {
    let config = Config {
        webhook_url: Some(webhook_url),
        webhooks: WebhookPolicy::All,
        ..Config::default()
    };
    let disk = FileDisk::open(folder().join("record.jsonl")).unwrap();
    let parts = Parts {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SeededEntropy::new(3)),
        sink: Some(Arc::new(HyperSink::new())),
    };
    Gateway::open(config, Box::new(disk), parts).unwrap()
}

#[tokio::test]
async fn a_payment_is_answered_told_and_kept() {
    let _ = std::fs::remove_dir_all(folder());
    let (hook, mut events) = shop().await;
    let gateway = open(hook.clone());
    let deliver = tokio::spawn(Arc::clone(&gateway).deliver_webhooks());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(souk_sandbox::http::serve(listener, gateway, async {
        let _ = stopped.await;
    }));

    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let body = r#"{"reference":"order_1","amount":1299,"currency":"EUR","token":"tok_approve"}"#;
    let request = hyper::Request::post(format!("{origin}/v1/authorizations"))
        .header("authorization", "Bearer sk_sandbox")
        .header("idempotency-key", "order_1")
        .body(Full::new(Bytes::from(body)));
    let answer = client.request(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let answer = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(std::str::from_utf8(&answer).unwrap().contains("\"authorized\""));

    let event = events.recv().await.unwrap();
    assert_eq!(event.kind, EventKind::AuthorizationSucceeded);
    assert_eq!(event.reference, "order_1");

    drop(client);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    deliver.abort();
    let _ = deliver.await;
    let again = open(hook);
    let state = again.lookup("order_1").await.unwrap().unwrap();
    assert_eq!(state.gateway_ref.to_string(), event.gateway_ref);
    drop(again);
    std::fs::remove_dir_all(folder()).unwrap();
}
