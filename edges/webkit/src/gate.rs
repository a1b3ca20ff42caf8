//! What every door of a process has in common besides its handlers: limits and measures.

use crate::Limits;
use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// Shared by the doors of one process. By default nothing is limited.
#[derive(Default)]
pub struct Gate {
    /// How often somebody may ask.
    pub limits: Limits,
    /// How often and how long they asked.
    pub requests: Requests,
}

/// Requests by route.
#[derive(Clone)]
pub struct Requests(Family<Labels, Histogram, fn() -> Histogram>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: String,
    status: u32,
}

/// Upper bounds in seconds; what is quicker than the first is quick enough.
const SECONDS: [f64; 11] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];

impl Default for Requests {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(SECONDS)))
    }
}

impl Requests {
    /// Lists them among a process's measures.
    pub fn register(&self, registry: &mut Registry) {
        let help = "Requests by route template, method and status";
        registry.register("souk_http_request_duration_seconds", help, self.0.clone());
    }

    pub(crate) fn count(
        &self,
        method: &Method,
        route: Option<&str>,
        status: StatusCode,
        took: Duration,
    ) {
        let method = match method.as_str() {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            // Anybody can invent more of them.
            _ => "other",
        };
        let route = route.unwrap_or("-").to_owned();
        let labels = Labels { method, route, status: u32::from(status.as_u16()) };
        self.0.get_or_create(&labels).observe(took.as_secs_f64());
    }
}
