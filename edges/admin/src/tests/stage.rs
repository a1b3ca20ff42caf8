//! A door of its own for each test.

use crate::{AdminShop, AdminState, Badge, router};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use souk_accounts::{Argon2id, Cost, Inline, Password};
use souk_kernel::{Clock, ManualClock, Mint, SeededEntropy, Timestamp};
use souk_memory::orders::MemoryShop;
use souk_memory::staff::MemoryStaff;
use souk_staff::{Actor, Role, Service};
use souk_webkit::{Cookies, Gate, Limits, LimitsOn, Origins, page_headers};
use std::sync::Arc;
use tower::ServiceExt;

/// 2026-11-23T21:14:59Z
pub const NOW: Timestamp = Timestamp(1_795_468_499_000);
pub const PASSWORD: &str = "correct horse battery";

pub struct Stage {
    router: Router,
    pub staff: Arc<Service>,
}

impl Stage {
    pub fn sandbox() -> Self {
        Self::open(true)
    }

    pub fn open(sandbox: bool) -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let time: Arc<dyn Clock> = clock.clone();
        let entropy = Arc::new(SeededEntropy::new(7));
        let mint = Mint::new(time.clone(), entropy.clone());
        let shop = Arc::new(MemoryShop::new(time.clone()));
        let staff = Arc::new(Service::new(
            Arc::new(MemoryStaff::over(shop)),
            Arc::new(Inline(Argon2id::new(Cost::LEAST))),
            time.clone(),
            entropy,
            mint,
        ));
        let limits = Limits::new(LimitsOn::SignIn, false, time.clone());
        let router = router(AdminState {
            shop: AdminShop { name: "Test & Sons".into(), sandbox },
            staff: staff.clone(),
            badge: Badge(Cookies::Loopback),
            gate: Arc::new(Gate { limits, ..Gate::default() }),
            clock: time,
            headers: page_headers(&Origins::default(), Cookies::Loopback).unwrap(),
        });
        Self { router, staff }
    }

    /// The cookie of a new member.
    pub async fn member(&self, role: Role) -> String {
        let email = format!("{}@example.com", role.name());
        let password = || Password::new(PASSWORD.to_owned());
        let added = self.staff.add(Actor::Console, &email, password(), role).await;
        added.unwrap();
        let grant = self.staff.sign_in(&email, password()).await.unwrap();
        format!("souk_staff={}", grant.token.reveal())
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookie), "").await
    }

    pub async fn post(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let request = Request::post(path).header("sec-fetch-site", "same-origin");
        let form = "application/x-www-form-urlencoded";
        let request = request.header(header::COOKIE, cookie).header(header::CONTENT_TYPE, form);
        self.send(request, body).await
    }

    pub async fn send(&self, request: axum::http::request::Builder, body: &str) -> Answer {
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The page, after checking its status and that it shows all of these.
    #[track_caller]
    pub fn shows(&self, status: u16, texts: &[&str]) {
        assert_eq!(self.status, status, "{}", self.text);
        for text in texts {
            assert!(self.text.contains(text), "{text:?} is not in {}", self.text);
        }
    }

    /// Where it leads on to, after checking that it does.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header("location")
    }
}
