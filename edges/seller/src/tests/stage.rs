//! A door of its own for each test, over a shop in memory.

use crate::{Badge, Follow, SellerDoor, SellerShop, Warehouse, router};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use souk_accounts::{Argon2id, Cost, Inline, Password};
use souk_catalog::contract::Builder;
use souk_catalog::{CatalogService, HOUSE_SELLER, Listing, PutListing, Seller};
use souk_fulfillment::{Fulfillment, FulfillmentService, Pace};
use souk_inventory::{Stock, StockIntent};
use souk_kernel::{
    ClaimKey, Clock, Currency, Entropy, ManualClock, Mint, Money, OrderId, PortError, ProductId,
    SeededEntropy, SellerId, Timestamp, WarehouseId, one,
};
use souk_memory::catalog::MemoryCatalog;
use souk_memory::orders::MemoryShop;
use souk_memory::pictures::MemoryPictures;
use souk_orders::{BuyNow, BuyerLine, Offers, PlaceRefusal, Saga, SagaParts, SagaSettings, ShipTo};
use souk_payments::{Authorization, Authorize, Gateway, GatewayError, GatewayPayment, Method};
use souk_pricing::{PricedLine, Pricing, ShippingMethod};
use souk_sellers::{
    Application, BookService, ProductService, SellerChange, SellerService, SellerState, Sellers,
};
use souk_webkit::{Cookies, Gate, Limits, LimitsOn, Origins, page_headers};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// 2026-11-23T21:14:59Z
pub const NOW: Timestamp = Timestamp(1_795_468_499_000);
pub const PASSWORD: &str = "correct horse battery";

/// Says yes to everything, and remembers which orders and products it was told of.
#[derive(Default)]
pub struct Yes {
    pub told: Mutex<(Vec<OrderId>, Vec<ProductId>)>,
}

#[async_trait]
impl Gateway for Yes {
    fn name(&self) -> &'static str {
        "test"
    }
    fn key_lifetime_ms(&self) -> i64 {
        i64::MAX
    }
    async fn authorize(&self, ask: Authorize) -> Result<Authorization, GatewayError> {
        Ok(Authorization::Authorized { gateway_ref: "g-1".into(), amount: ask.amount })
    }
    async fn capture(&self, _: &str, _: Money, _: &str) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn void(&self, _: &str, _: &str) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn refund(&self, _: &str, _: Money, _: &str) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn has_refunded(&self, _: &str, _: &str) -> Result<bool, GatewayError> {
        Ok(false)
    }
    async fn look_up(&self, _: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        Ok(None)
    }
}

#[async_trait]
impl Follow for Yes {
    async fn orders(&self, orders: &[OrderId]) -> Result<(), PortError> {
        self.told.lock().unwrap().0.extend(orders);
        Ok(())
    }
    async fn publish(&self, products: &[ProductId]) -> Result<(), PortError> {
        self.told.lock().unwrap().1.extend(products);
        Ok(())
    }
}

struct Known(Arc<CatalogService>);

#[async_trait]
impl Offers for Known {
    async fn price(&self, lines: &[BuyerLine]) -> Result<Vec<Option<PricedLine>>, PortError> {
        let ids: Vec<_> = lines.iter().map(|line| line.sku).collect();
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

/// A seller, and the cookie of its member.
pub struct Signed {
    pub id: SellerId,
    pub cookie: String,
}

pub struct Stage {
    router: Router,
    pub shop: Arc<MemoryShop>,
    pub saga: Saga,
    pub catalog: Arc<CatalogService>,
    pub sellers: Arc<SellerService>,
    pub books: BookService,
    pub parcels: FulfillmentService,
    pub told: Arc<Yes>,
    pub warehouse: WarehouseId,
    pub mint: Mint,
    pub clock: Arc<ManualClock>,
    builder: Builder,
}

impl Stage {
    pub fn sandbox() -> Self {
        Self::open(true)
    }

    pub fn open(sandbox: bool) -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let time: Arc<dyn Clock> = clock.clone();
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(7));
        let mint = Mint::new(time.clone(), entropy.clone());
        let shop = Arc::new(MemoryShop::new(time.clone()));
        let shelves = Arc::new(MemoryCatalog::new());
        let catalog = Arc::new(CatalogService::new(shelves, time.clone(), 1_000));
        let yes = Arc::new(Yes::default());
        let saga = Saga::new(SagaParts {
            orders: shop.clone(),
            payments: shop.clone(),
            stock: shop.clone(),
            carts: shop.clone(),
            offers: Arc::new(Known(catalog.clone())),
            gateway: yes.clone(),
            tables: Arc::new(Pricing::default_shop(Currency::Eur)),
            mint: mint.clone(),
            clock: time.clone(),
            settings: SagaSettings::default(),
        });
        let by_hand = Pace { speed: 0, ..Pace::default() };
        let parcels = FulfillmentService::beside(&saga, shop.clone(), by_hand);
        let hashing = Arc::new(Inline(Argon2id::new(Cost::LEAST)));
        let parts = (time.clone(), entropy, mint.clone());
        let sellers = Arc::new(SellerService::new(shop.clone(), catalog.clone(), hashing, parts));
        let books = BookService::new(shop.clone(), shop.clone(), time.clone(), mint.clone());
        let limits = Limits::new(LimitsOn::SignIn, false, time.clone());
        let (warehouse, demo) = (mint.mint_anywhere(), sandbox.then(|| mint.mint_anywhere()));
        let router = router(SellerDoor {
            shop: SellerShop { name: "Test & Sons".into(), sandbox, currency: Currency::Eur, demo },
            sellers: sellers.clone(),
            books: books.clone(),
            products: ProductService::new(
                catalog.clone(),
                time.clone(),
                mint.clone(),
                Currency::Eur,
            ),
            catalog: catalog.clone(),
            parcels: parcels.clone(),
            orders: shop.clone(),
            stock: shop.clone(),
            warehouses: vec![Warehouse { id: warehouse, name: "Main".into() }],
            pictures: Some(Arc::new(MemoryPictures::default())),
            follow: yes.clone(),
            badge: Badge(Cookies::Loopback),
            gate: Arc::new(Gate { limits, ..Gate::default() }),
            clock: time,
            headers: page_headers(&Origins::default(), Cookies::Loopback).unwrap(),
        });
        let stage = Self {
            router,
            shop,
            saga,
            catalog,
            sellers,
            books,
            parcels,
            told: yes,
            warehouse,
            mint,
            clock,
            builder: Builder::new(7),
        };
        if let Some(id) = demo {
            let demo = Seller { id, name: "Demo & Co".into() };
            let opened = futures_util::FutureExt::now_or_never(stage.sellers.open_demo(vec![demo]));
            assert_eq!(opened.unwrap(), Ok(1));
        }
        stage
    }

    /// A seller that has applied, and is approved if so.
    pub async fn seller(&self, name: &str, approved: bool) -> Signed {
        let email = format!("{}@example.com", souk_catalog::slug(name));
        let password = || Password::new(PASSWORD.to_owned());
        let asked = Application { name: name.into(), email: email.clone(), password: password() };
        let id = self.sellers.apply(asked).await.unwrap().id;
        if approved {
            self.turn(id, SellerState::Applied, SellerState::Active, "").await;
        }
        let grant = self.sellers.sign_in(&email, password()).await.unwrap();
        Signed { id, cookie: format!("souk_seller={}", grant.token.reveal()) }
    }

    /// The shop's staff change a seller.
    pub async fn turn(&self, seller: SellerId, from: SellerState, to: SellerState, why: &str) {
        let (expected, state, reason) = (from, to, why.to_owned());
        let change = SellerChange::State { seller, expected, state, reason, by: None };
        Sellers::change(&*self.shop, change).await.unwrap();
        self.sellers.refresh().await.unwrap();
    }

    /// Puts a seller's product on the shelf: title, pieces.
    pub async fn stock(&self, seller: SellerId, title: &str, pieces: u32) -> Listing {
        let mut listing = self.builder.listing(title, &["Kitchen"]);
        listing.product.title = title.into();
        listing.offers[0].seller = seller;
        self.put(listing, pieces).await
    }

    pub async fn put(&self, listing: Listing, pieces: u32) -> Listing {
        let (stock, at) = (Vec::new(), NOW);
        let put = PutListing { listing, keep_hidden: false, expected_version: None, stock, at };
        let done = self.catalog.put(vec![put], None).await.unwrap().pop().unwrap().unwrap();
        let warehouse = self.warehouse;
        for offer in &done.listing.offers {
            let open = StockIntent::Open { sku: offer.id, warehouse, quantity: pieces };
            Stock::apply(&*self.shop, vec![open]).await.pop().unwrap().unwrap();
        }
        done.listing
    }

    /// Buys one of each, confirms it, opens its parcels and books it.
    pub async fn buy(&self, listings: &[&Listing]) -> OrderId {
        let line = |l: &&Listing| BuyerLine { sku: l.offers[0].id, quantity: 1 };
        let ship_to = ShipTo {
            name: "Ada Lovelace".into(),
            line1: "Street 1".into(),
            city: "Berlin".into(),
            postal_code: "10115".into(),
            country: "DE".into(),
            email: "ada@shopper.example".into(),
            ..ShipTo::default()
        };
        let principal = self.mint.mint_anywhere();
        let mut ask = BuyNow {
            key: ClaimKey { principal, key: "k".into() },
            lines: listings.iter().map(line).collect(),
            ship_to: Arc::new(ship_to),
            shipping: ShippingMethod::Standard,
            token: "tok".into(),
            method: Method::Card,
            shown: Money::zero(Currency::Eur),
        };
        if let Err(PlaceRefusal::TotalChanged { total }) = self.saga.buy_now(ask.clone()).await {
            ask.shown = total;
        }
        let order = self.saga.buy_now(ask).await.unwrap().order;
        one(self.parcels.open(&[order]).await).unwrap();
        order
    }

    /// An order's parcels and returns.
    pub async fn parcels_of(&self, order: OrderId) -> Fulfillment {
        self.parcels.of_order(order).await.unwrap().unwrap()
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookie), Vec::new()).await
    }

    pub async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = "application/x-www-form-urlencoded";
        self.send_as(path, cookie, form, body.into_bytes()).await
    }

    /// Uploads a file of this content.
    pub async fn upload(&self, path: &str, cookie: &str, file: &[u8]) -> Answer {
        let head =
            b"--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\
            Content-Type: image/png\r\n\r\n";
        let body = [head.as_slice(), file, b"\r\n--b--\r\n"].concat();
        self.send_as(path, cookie, "multipart/form-data; boundary=b", body).await
    }

    async fn send_as(&self, path: &str, cookie: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(path).header("sec-fetch-site", "same-origin");
        let request = request.header(header::COOKIE, cookie).header(header::CONTENT_TYPE, kind);
        self.send(request, body).await
    }

    pub async fn send(&self, request: axum::http::request::Builder, body: Vec<u8>) -> Answer {
        let Ok(response) =
            self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await;
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

    #[track_caller]
    pub fn shows_no(&self, texts: &[&str]) {
        for text in texts {
            assert!(!self.text.contains(text), "{text:?} is in {}", self.text);
        }
    }

    /// Where it leads on to, after checking that it does.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header("location")
    }

    /// The value of a hidden field.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let after = self.text.split_once(&start);
        let (_, after) = after.unwrap_or_else(|| panic!("no {name} in {}", self.text));
        after.split('"').next().unwrap().to_owned()
    }
}

/// The shop's own.
pub const HOUSE: SellerId = HOUSE_SELLER;
