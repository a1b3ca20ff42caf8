//! `GET /v1/record`: the durable lines, as they are in the file, streamed.

use super::problem::Problem;
use crate::gateway::Gateway;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use std::io::{self, Read};
use std::sync::Arc;
use tokio::sync::mpsc;

const CHUNK: usize = 64 * 1_024;

pub async fn stream(State(gateway): State<Arc<Gateway>>) -> Result<Response, Problem> {
    // The disk may be in the middle of a sync: opening waits for it, off the runtime's threads.
    let opened = tokio::task::spawn_blocking(move || gateway.record_reader()).await;
    let Ok(Ok(reader)) = opened else {
        let detail = "the record can't be read";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "record_unavailable", detail));
    };
    let (send, receive) = mpsc::channel(4);
    tokio::task::spawn_blocking(move || pump(reader, &send));
    let body = stream::unfold(receive, |mut receive| async move {
        receive.recv().await.map(|chunk| (chunk, receive))
    });
    let kind = [(header::CONTENT_TYPE, "application/jsonl"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, Body::from_stream(body)).into_response())
}

/// Reads until the end, an error, or the reader of the answer goes away.
fn pump(mut reader: Box<dyn Read + Send>, send: &mpsc::Sender<io::Result<Bytes>>) {
    loop {
        let mut chunk = vec![0; CHUNK];
        let chunk = match reader.read(&mut chunk) {
            Ok(0) => return,
            Ok(length) => {
                chunk.truncate(length);
                Ok(Bytes::from(chunk))
            }
            Err(error) => Err(error),
        };
        let failed = chunk.is_err();
        if send.blocking_send(chunk).is_err() || failed {
            return;
        }
    }
}
