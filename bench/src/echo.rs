//! The reference: the same web framework parses the same order and sends it back, and does nothing else.

use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Line {
    offer_id: String,
    quantity: u32,
}

#[derive(Serialize, Deserialize)]
struct Money {
    minor: i64,
    currency: String,
}

#[derive(Serialize, Deserialize)]
struct Order {
    lines: Vec<Line>,
    payment_token: String,
    total: Money,
}

async fn echo(Json(order): Json<Order>) -> Json<Order> {
    Json(order)
}

/// Serves on a free loopback port, which it prints, until it is ended.
///
/// # Errors
/// When it can't listen.
pub fn serve() -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|e| e.to_string())?.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.map_err(|e| e.to_string())?;
        println!("{}", listener.local_addr().map_err(|e| e.to_string())?);
        let routes = Router::new().route("/api/v1/orders", post(echo));
        axum::serve(listener, routes).await.map_err(|e| e.to_string())
    })
}
