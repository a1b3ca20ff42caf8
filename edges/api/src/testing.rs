//! A whole door over memory, spoken to as a client does.

mod stage;
mod visit;

pub use stage::offer;
pub use visit::Visit;

use crate::{ApiState, Services, router};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use souk_accounts::{Argon2id, Cost, HashError, Hasher, Hashing, Inline, Settings};
use souk_kernel::{Clock, ManualClock, Mint, SeededEntropy, Timestamp};
use souk_memory::accounts::MemoryAccounts;
use souk_webkit::{Cookies, Gate, Limits, LimitsOn, Readiness, Sessions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tower::ServiceExt;

/// The door, its clock, and a switch for its engines.
pub struct Shop {
    router: Router,
    pub clock: Arc<ManualClock>,
    /// Orders, payments, stock and carts.
    pub store: Arc<souk_memory::orders::MemoryShop>,
    /// What is sold.
    pub catalog: Arc<souk_catalog::CatalogService>,
    /// The mails that were sent.
    pub mailbox: Arc<souk_memory::notifications::MemoryMailbox>,
    /// What can be found.
    pub search: souk_search::Search,
    /// What shoppers looked at, and what goes with what.
    pub insights: souk_insights::InsightsService,
    /// What the purchase finds for sale.
    pub shelf: stage::Shelf,
    builder: souk_catalog::contract::Builder,
    down: Arc<Switch>,
}

/// Engines that can be told to be away.
#[derive(Default)]
struct Switch(AtomicBool);

#[async_trait]
impl Readiness for Switch {
    async fn ready(&self) -> Result<(), String> {
        if self.0.load(Ordering::SeqCst) { Err("told to be away".into()) } else { Ok(()) }
    }
}

#[async_trait]
impl Hashing for Switch {
    async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, HashError> {
        self.ready().await.map_err(|_| HashError::Busy)?;
        Argon2id::new(Cost::LEAST).hash(&password, salt)
    }
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, HashError> {
        self.ready().await.map_err(|_| HashError::Busy)?;
        Inline(Argon2id::new(Cost::LEAST)).verify(password, hash).await
    }
}

impl Shop {
    /// An empty shop, as a sandbox.
    pub fn open() -> Self {
        Self::empty(true)
    }

    /// An empty shop, in production.
    pub fn in_production() -> Self {
        Self::empty(false)
    }

    fn empty(sandbox: bool) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let entropy = Arc::new(SeededEntropy::new(42));
        let mint = Mint::new(clock.clone(), entropy.clone());
        let down = Arc::new(Switch::default());
        let shelf = stage::Shelf::default();
        let (store, carts, saga) = stage::set(&shelf, &(clock.clone() as Arc<dyn Clock>), &mint);
        let mailbox = Arc::new(souk_memory::notifications::MemoryMailbox::default());
        let notifier = Arc::new(stage::notifier(&mailbox, &mint, clock.clone()));
        let accounts = souk_accounts::Service::new(
            Arc::new(MemoryAccounts::default()),
            down.clone(),
            clock.clone() as Arc<dyn Clock>,
            entropy,
            mint.clone(),
            Settings { cache_entries: 128, ..Settings::default() },
        );
        let accounts = Arc::new(accounts.with_courier(notifier));
        let limits = Limits::new(LimitsOn::SignIn, false, clock.clone());
        let gate = Arc::new(Gate { limits, ..Gate::default() });
        let cookies = Cookies::Loopback;
        let sessions = Sessions { accounts: Arc::clone(&accounts), cookies, gate };
        let products = Arc::new(souk_memory::catalog::MemoryCatalog::new());
        let catalog = Arc::new(souk_catalog::CatalogService::new(products, clock.clone(), 64));
        let acts = Arc::<souk_memory::behaviour::MemoryBehaviour>::default();
        let watch = Arc::new(souk_search::Watch::new(acts, clock.clone()));
        let index = Arc::<souk_memory::search::MemoryIndex>::default();
        let search = souk_search::Search::new(index).watched(watch);
        let said = souk_memory::reviews::MemoryReviews::over(store.clone());
        let bought = Arc::new(souk_memory::reviews::Bought::default());
        let reviews =
            souk_reviews::Service::new(Arc::new(said), bought, mint.clone(), clock.clone());
        let lists = souk_lists::ListService::new(
            Arc::new(souk_memory::lists::MemoryLists::over(store.clone())),
            Arc::new(stage::FullShelves),
            mint.clone(),
            clock.clone(),
        );
        let seen = Arc::<souk_memory::insights::MemoryInsights>::default();
        let insights = souk_insights::InsightsService::new(seen, clock.clone());
        let services = Services {
            accounts,
            sessions: Arc::new(sessions),
            catalog: Arc::clone(&catalog),
            search: search.clone(),
            carts,
            lists,
            insights: insights.clone(),
            reviews,
            saga: saga.clone(),
            parcels: stage::parcels(&saga, &store),
            preferences: mailbox.clone(),
            invoices: souk_invoices::InvoiceService::new(
                Arc::new(souk_memory::invoices::MemoryInvoices::new(clock.clone())),
                store.clone(),
            ),
            methods: souk_payments::SavedMethodService::new(
                Arc::new(souk_memory::saved::MemorySavedMethods::default()),
                Arc::clone(&saga.parts().gateway),
                mint.clone(),
                clock.clone(),
            ),
            sandbox,
            readiness: down.clone(),
        };
        let builder = souk_catalog::contract::Builder::new(7);
        let router = router(ApiState::new(services));
        Self { router, clock, store, catalog, mailbox, search, insights, shelf, builder, down }
    }

    /// Puts a product on the shelf, in the catalogue and in search; says its offer's id.
    pub async fn sold(&self, title: &str) -> String {
        let mut listing = self.builder.listing(title, &["Kitchen", "Kettles"]);
        listing.product.title = title.into();
        let at = self.clock.now();
        let put = souk_catalog::PutListing {
            listing,
            expected_version: None,
            stock: vec![],
            at,
            keep_hidden: false,
        };
        let done = self.catalog.put(vec![put], None).await.unwrap().pop().unwrap().unwrap();
        let offer = done.listing.offers[0].id.to_string();
        self.search.publish(vec![stage::document(&done.listing)]).await.unwrap();
        offer
    }

    /// The newest mail.
    pub async fn last_mail(&self) -> souk_notifications::Mail {
        self.mails_from_new().await.remove(0)
    }

    /// How many mails have a subject that begins so.
    pub async fn mails(&self, subject: &str) -> usize {
        let all = self.mails_from_new().await;
        all.iter().filter(|mail| mail.subject.starts_with(subject)).count()
    }

    /// The token behind a path, from the newest mail whose subject begins so. What is sent when nobody
    /// waits for it gets its turn first.
    pub async fn link(&self, subject: &str, path: &str) -> String {
        for _ in 0..100 {
            let all = self.mails_from_new().await;
            if let Some(mail) = all.iter().find(|mail| mail.subject.starts_with(subject)) {
                let (_, after) = mail.text.split_once(path).unwrap();
                return after.split_whitespace().next().unwrap().to_owned();
            }
            tokio::task::yield_now().await;
        }
        panic!("no mail: {subject}");
    }

    async fn mails_from_new(&self) -> Vec<souk_notifications::Mail> {
        use souk_notifications::{Mailbox, Page};
        let page = Page { before: None, about: None, user: None, limit: 100 };
        let mut mails = Vec::new();
        for envelope in self.mailbox.list(page).await.unwrap() {
            mails.push(self.mailbox.get(envelope.id).await.unwrap().unwrap());
        }
        mails
    }

    /// From now on the engines are away.
    pub fn engine_down(&self) {
        self.down.0.store(true, Ordering::SeqCst);
    }

    /// A request to be sent.
    pub fn request(&self, method: &str, path: &str) -> Call<'_> {
        let request = Request::builder().method(method).uri(path);
        Call { shop: self, request, body: Body::empty() }
    }

    /// `GET`, by nobody.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    /// `POST` of JSON, by nobody.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.request("POST", path).json(&body).send().await
    }

    /// A new guest's token.
    pub async fn guest(&self) -> String {
        let answer = self.request("POST", "/api/v1/guests").send().await;
        answer.text_at("token")
    }
}

/// A request under construction.
pub struct Call<'a> {
    shop: &'a Shop,
    request: axum::http::request::Builder,
    body: Body,
}

impl Call<'_> {
    /// As the bearer of a token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Body::from(body.to_string());
        self.header("content-type", "application/json")
    }

    /// With a body as it is.
    pub fn raw(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Answer {
        let request = self.request.body(self.body).unwrap();
        let Ok(response) = self.shop.router.clone().oneshot(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, body, text }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// Status and code, after checking that it is a problem document that agrees with itself.
    pub fn problem(&self) -> (u16, &str) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        let code = self.body["code"].as_str().unwrap();
        assert_eq!(self.body["type"], format!("/api/docs#{code}"));
        (self.status, code)
    }

    /// A header's text, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The faulty fields of a problem.
    pub fn fields(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().unwrap();
        errors.iter().map(|error| error["field"].as_str().unwrap()).collect()
    }

    /// A text member of the body.
    pub fn text_at(&self, member: &str) -> String {
        let text = self.body[member].as_str();
        text.unwrap_or_else(|| panic!("no {member} in {self:?}")).to_owned()
    }
}
