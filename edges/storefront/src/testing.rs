//! A whole shop over memory, visited as a browser does: with a jar of cookies, following nothing.

mod counted;
mod gateway;
mod mails;

use crate::{CardSheets, ShopFront, StorefrontState, router};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use counted::{Asked, Counted};
pub use gateway::TestGateway;
use http_body_util::BodyExt;
use mails::{open_notifier, open_sessions, writer};
use parking_lot::Mutex;
use souk_cart::{CartService, Offering, Prices};
use souk_catalog::contract::Builder;
use souk_catalog::{CatalogService, Listing, PutListing};
use souk_fulfillment::{FulfillmentService, Pace};
use souk_insights::InsightsService;
use souk_inventory::{Stock, StockIntent};
use souk_kernel::{
    Clock, Currency, ManualClock, Mint, Money, OfferId, PortError, SeededEntropy, Timestamp,
};
use souk_lists::{ListService, Shelves};
use souk_memory::{catalog, invoices, notifications, orders, reviews, search};
use souk_notifications::{Mail, MailKind, Mailbox, Messages, Notifier};
use souk_orders::rules::link::OrderLinks;
use souk_orders::{BuyerLine, Offers, Saga, SagaParts, SagaSettings};
use souk_payments::{GatewayPayment, GatewayStatus, SavedMethodService};
use souk_pricing::{Country, PricedLine, Pricing};
use souk_search::{Document, Search};
use souk_webkit::{Cookies, Origins, page_headers};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// 2026-11-23T21:14:59Z
pub const NOW: Timestamp = Timestamp(1_795_468_499_000);
pub const SHEET: &str = "http://localhost:8081/sheet?session=1";
pub const BANK: &str = "http://localhost:8081/3ds/1";

struct TestSheets;

#[async_trait]
impl CardSheets for TestSheets {
    async fn open(
        &self,
        _: Money,
        back: &str,
        _: &str,
        _: &str,
        keep: bool,
    ) -> Result<String, PortError> {
        Ok(format!("{SHEET}&keep={keep}&back={back}"))
    }
}

/// Offers and stock as the catalogue and the store have them.
struct Known(Arc<CatalogService>, Arc<orders::MemoryShop>, Asked);

#[async_trait]
impl Offers for Known {
    async fn price(&self, lines: &[BuyerLine]) -> Result<Vec<Option<PricedLine>>, PortError> {
        self.2.note();
        let ids: Vec<OfferId> = lines.iter().map(|line| line.sku).collect();
        let views = self.0.offers(&ids).await?;
        let priced = lines.iter().zip(views).map(|(line, view)| {
            view.filter(|view| view.buyable).map(|view| PricedLine {
                sku: view.offer,
                product: view.product,
                variant: view.variant,
                seller: view.seller,
                title: Arc::clone(&view.title),
                quantity: line.quantity,
                unit_price: view.unit_price,
                tax_class: view.tax_class,
                weight_g: view.weight_g,
                image: view.image.clone(),
            })
        });
        Ok(priced.collect())
    }
}

#[async_trait]
impl Prices for Known {
    async fn offerings(&self, offers: &[OfferId]) -> Result<Vec<Option<Offering>>, PortError> {
        self.2.note();
        let levels = Stock::levels_of(&*self.1, offers).await?;
        let views = self.0.offers(offers).await?;
        let offerings = views.into_iter().zip(levels).map(|(view, levels)| {
            let view = view.filter(|view| view.buyable)?;
            let available = levels.iter().map(|l| l.level.available()).sum::<i64>() as u32;
            Some(Offering { price: view.unit_price, available })
        });
        Ok(offerings.collect())
    }
}

#[async_trait]
impl Shelves for Known {
    async fn in_stock(&self, offers: &[OfferId]) -> Result<Vec<bool>, PortError> {
        let offerings = self.offerings(offers).await?;
        Ok(offerings.iter().map(|now| now.is_some_and(|now| now.available > 0)).collect())
    }
}

/// The card sheet's.
fn origins() -> Origins {
    Origins { form_action: vec!["http://localhost:8081".into()], ..Origins::default() }
}

fn open_saga(
    store: &Arc<orders::MemoryShop>,
    known: &Arc<Known>,
    gateway: &Arc<TestGateway>,
    mint: &Mint,
    time: &Arc<dyn Clock>,
) -> Saga {
    Saga::new(SagaParts {
        orders: store.clone(),
        payments: store.clone(),
        stock: store.clone(),
        carts: store.clone(),
        offers: known.clone(),
        gateway: gateway.clone(),
        tables: Arc::new(Pricing::default_shop(Currency::Eur)),
        mint: mint.clone(),
        clock: time.clone(),
        settings: SagaSettings::default(),
    })
}

fn open_reviews(
    store: &Arc<orders::MemoryShop>,
    mint: &Mint,
    time: &Arc<dyn Clock>,
) -> souk_reviews::Service {
    souk_reviews::Service::new(
        Arc::new(reviews::MemoryReviews::over(store.clone())),
        Arc::new(reviews::Bought::default()),
        mint.clone(),
        time.clone(),
    )
}

fn open_methods(
    gateway: &Arc<TestGateway>,
    mint: &Mint,
    time: &Arc<dyn Clock>,
) -> SavedMethodService {
    let kept = Arc::new(souk_memory::saved::MemorySavedMethods::default());
    SavedMethodService::new(kept, gateway.clone(), mint.clone(), time.clone())
}

fn open_invoices(
    store: &Arc<orders::MemoryShop>,
    time: &Arc<dyn Clock>,
) -> souk_invoices::InvoiceService {
    let documents = Arc::new(invoices::MemoryInvoices::new(time.clone()));
    souk_invoices::InvoiceService::new(documents, store.clone())
}

/// The shop.
pub struct Shop {
    router: Router,
    pub clock: Arc<ManualClock>,
    pub gateway: Arc<TestGateway>,
    pub catalog: Arc<CatalogService>,
    pub store: Arc<orders::MemoryShop>,
    pub mailbox: Arc<notifications::MemoryMailbox>,
    /// How often its stores were asked.
    pub asked: Asked,
    pub insights: InsightsService,
    pub notifier: Arc<Notifier>,
    pub accounts: Arc<souk_accounts::Service>,
    pub invoices: souk_invoices::InvoiceService,
    search: Search,
    pub pictures: Arc<souk_memory::pictures::MemoryPictures>,
    mint: Mint,
    builder: Builder,
}

fn front() -> ShopFront {
    ShopFront {
        name: "Test & Sons".into(),
        base_url: "http://127.0.0.1:8080".into(),
        country: Country::of(b"DE"),
        currency: Currency::Eur,
        sandbox: true,
        pays: true,
    }
}

impl Shop {
    /// An empty shop.
    pub fn open() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let entropy = Arc::new(SeededEntropy::new(7));
        let time: Arc<dyn Clock> = clock.clone();
        let mint = Mint::new(clock.clone(), entropy.clone());
        let store = Arc::new(orders::MemoryShop::new(time.clone()));
        let asked = Asked::default();
        let inner = Arc::new(catalog::MemoryCatalog::new());
        let shelves = Arc::new(Counted { inner, asked: asked.clone() });
        let catalog = Arc::new(CatalogService::new(shelves, time.clone(), 1_000));
        let known = Arc::new(Known(catalog.clone(), store.clone(), asked.clone()));
        let carts = Arc::new(Counted { inner: store.clone(), asked: asked.clone() });
        let gateway = Arc::new(TestGateway::default());
        let search = Search::new(Arc::new(search::MemoryIndex::default()));
        let mailbox = Arc::new(notifications::MemoryMailbox::default());
        let notifier = open_notifier(&mailbox, &mint, &time);
        let sessions = open_sessions(&notifier, &mint, &time);
        let accounts = Arc::clone(&sessions.accounts);
        let saga = open_saga(&store, &known, &gateway, &mint, &time);
        let pictures = Arc::<souk_memory::pictures::MemoryPictures>::default();
        let lists = Arc::new(souk_memory::lists::MemoryLists::over(store.clone()));
        let lists = ListService::new(lists, known.clone(), mint.clone(), time.clone());
        let seen = Arc::new(souk_memory::insights::MemoryInsights::default());
        let insights = InsightsService::new(seen, time.clone());
        let methods = open_methods(&gateway, &mint, &time);
        let invoices = open_invoices(&store, &time);
        let router = router(StorefrontState {
            shop: front(),
            saga: saga.clone(),
            catalog: catalog.clone(),
            search: search.clone(),
            carts: CartService::new(carts, known.clone(), time.clone()),
            lists,
            insights: insights.clone(),
            reviews: open_reviews(&store, &mint, &time),
            sessions,
            links: OrderLinks::of("a secret"),
            mailbox: Some(mailbox.clone()),
            messages: Messages::new(mailbox.clone(), writer()),
            preferences: mailbox.clone(),
            parcels: FulfillmentService::beside(&saga, store.clone(), Pace::default()),
            invoices: invoices.clone(),
            methods,
            sheets: Arc::new(TestSheets),
            clock: time,
            entropy,
            headers: page_headers(&origins(), Cookies::Loopback).unwrap(),
            pictures: Some(pictures.clone()),
            patience: Duration::from_millis(200),
        });
        let builder = Builder::new(7);
        Self {
            router,
            clock,
            gateway,
            catalog,
            store,
            mailbox,
            asked,
            insights,
            notifier,
            accounts,
            invoices,
            search,
            pictures,
            mint,
            builder,
        }
    }

    /// Puts a product on the shelf: title, pieces.
    pub async fn stock(&self, title: &str, pieces: u32) -> Listing {
        self.stock_pictured(title, pieces, &["kettle.jpg"]).await
    }

    /// The same with these pictures.
    pub async fn stock_pictured(&self, title: &str, pieces: u32, images: &[&str]) -> Listing {
        let mut listing = self.builder.listing(title, &["Kitchen", "Kettles & Pots"]);
        listing.product.title = title.into();
        listing.product.images = images.iter().map(|image| (*image).to_owned()).collect();
        let (stock, at) = (Vec::new(), NOW);
        let put = PutListing { listing, keep_hidden: false, expected_version: None, stock, at };
        let done = self.catalog.put(vec![put], None).await.unwrap().pop().unwrap().unwrap();
        let listing = done.listing;
        let offer = &listing.offers[0];
        let warehouse = self.mint.mint_anywhere();
        let open = StockIntent::Open { sku: offer.id, warehouse, quantity: pieces };
        Stock::apply(&*self.store, vec![open]).await.pop().unwrap().unwrap();
        let document = Document {
            product: listing.product.id,
            offer: offer.id,
            seller: offer.seller,
            title: listing.product.title.clone(),
            description: listing.product.description.clone(),
            brand: listing.product.brand.clone().unwrap_or_default(),
            codes: Vec::new(),
            category: listing.product.category_path.clone(),
            attributes: listing.product.attributes.clone().into_iter().collect(),
            price: offer.price,
            in_stock: pieces > 0,
            rating_tenths: 0,
            reviews: 0,
            fast_delivery: false,
            created_at: NOW,
            image: listing.product.images.first().cloned(),
            colours: listing.colours(),
        };
        self.search.publish(vec![document]).await.unwrap();
        listing
    }

    /// Posts a mail about something.
    pub async fn mail(&self, subject: &str, html: &str) -> Mail {
        let mail = Mail {
            id: self.mint.mint_anywhere(),
            kind: MailKind::OrderConfirmed,
            about: souk_kernel::Aggregate(self.mint.mint_anywhere::<()>().uuid()),
            number: 1,
            user: None,
            to: "ada@example.com".into(),
            subject: subject.into(),
            text: "Plain words".into(),
            html: html.into(),
            created_at: NOW,
            sent_at: None,
        };
        self.mailbox.post(vec![mail.clone()]).await.pop().unwrap().unwrap();
        mail
    }

    /// From now on the gateway knows this of every payment.
    pub fn gateway_knows(&self, status: GatewayStatus, amount: Money) {
        let gateway_ref = String::from("g-1");
        let known = GatewayPayment {
            gateway_ref,
            status,
            authorized: amount,
            received: 0,
            unclaimed: 0,
            account: None,
            captured: 0,
            refunded: 0,
            reason: None,
            action_url: None,
        };
        *self.gateway.0.lock() = Some(known);
    }

    /// From now on it knows that so much of a transfer has come.
    pub fn transfer_came(&self, due: Money, received: i64) {
        let exact = received == due.minor;
        let status = if exact { GatewayStatus::Captured } else { GatewayStatus::AwaitingTransfer };
        self.gateway_knows(status, due);
        if let Some(known) = self.gateway.0.lock().as_mut() {
            (known.received, known.captured) = (received, if exact { received } else { 0 });
        }
    }

    /// Somebody new.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor { shop: self, cookie: Mutex::new(None) }
    }
}

/// A browser: one cookie jar.
pub struct Visitor<'a> {
    shop: &'a Shop,
    cookie: Mutex<Option<String>>,
}

impl Visitor<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, body).await
    }

    pub async fn send(&self, mut request: axum::http::request::Builder, body: String) -> Answer {
        if let Some(cookie) = self.cookie.lock().clone() {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from(body)).unwrap();
        let Ok(response) = self.shop.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        if let Some(set) = parts.headers.get(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            *self.cookie.lock() = Some(pair).filter(|pair| !pair.ends_with('='));
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        // A picture is no text; what is asked of one stands in its headers.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    pub fn has_cookie(&self) -> bool {
        self.cookie.lock().is_some()
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
    /// A header's text, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads on to, after checking that it does.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header("location")
    }

    /// The page, after checking its status and that it shows all of these.
    #[track_caller]
    pub fn shows(&self, status: u16, texts: &[&str]) {
        assert_eq!(self.status, status, "{}", self.text);
        for text in texts {
            assert!(self.text.contains(text), "{text:?} is not in {}", self.text);
        }
    }

    /// The value of a hidden field.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("type=\"hidden\" name=\"{name}\" value=\"");
        let (_, after) = self.text.split_once(&start).unwrap_or_else(|| panic!("no {name}"));
        after.split('"').next().unwrap().to_owned()
    }
}
