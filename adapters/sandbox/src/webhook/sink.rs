//! Posting events over plain HTTP.

use super::WebhookSink;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts with a pooled client. Plain `http` only: the sandbox talks to a shop on the same machine.
pub struct HyperSink(Client<HttpConnector, Full<Bytes>>);

impl HyperSink {
    /// A client of its own.
    #[must_use]
    pub fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }
}

impl Default for HyperSink {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait::async_trait]
impl WebhookSink for HyperSink {
    async fn deliver(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<u16, String> {
        let mut request = Request::post(url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|e| e.to_string())?;
        match tokio::time::timeout(PATIENCE, self.0.request(request)).await {
            Ok(Ok(answer)) => Ok(answer.status().as_u16()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(String::from("no answer in time")),
        }
    }
}
