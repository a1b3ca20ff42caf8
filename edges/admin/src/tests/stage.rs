//! A door of its own for each test.

use crate::{AdminShop, AdminState, Badge, Exchange, GatewayBooks, Vital, Vitals, router};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use souk_accounts::{Argon2id, Cost, Inline, Password};
use souk_catalog::contract::Builder;
use souk_catalog::{CatalogService, Listing, PutListing};
use souk_fulfillment::{FulfillmentService, Pace};
use souk_inventory::{Stock, StockIntent};
use souk_kernel::{
    ClaimKey, Clock, Currency, Entropy, ManualClock, Mint, Money, OrderId, PortError,
    SeededEntropy, SellerId, Timestamp, WarehouseId,
};
use souk_memory::accounts::MemoryAccounts;
use souk_memory::inbox::MemoryInbox;
use souk_memory::invoices::MemoryInvoices;
use souk_memory::orders::MemoryShop;
use souk_memory::reviews::MemoryReviews;
use souk_memory::search::MemoryIndex;
use souk_memory::staff::MemoryStaff;
use souk_memory::{catalog, notifications};
use souk_orders::{BuyNow, BuyerLine, Offers, Placed, Saga, SagaParts, SagaSettings, ShipTo};
use souk_payments::{Authorization, Authorize, Gateway, GatewayError, GatewayPayment, Method};
use souk_pricing::{PricedLine, Pricing, ShippingMethod};
use souk_search::Search;
use souk_sellers::{BookService, SellerService};
use souk_staff::{Actor, Role, Service};
use souk_webkit::{Cookies, Gate, Limits, LimitsOn, Origins, page_headers};
use std::sync::Arc;
use tower::ServiceExt;

/// 2026-11-23T21:14:59Z
pub const NOW: Timestamp = Timestamp(1_795_468_499_000);
pub const PASSWORD: &str = "correct horse battery";

/// Says yes to everything.
struct Yes;

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
impl GatewayBooks for Yes {
    async fn lines(&self, reference: &str) -> Result<Vec<Exchange>, PortError> {
        Ok(vec![Exchange { at: NOW, what: "authorize".into(), detail: reference.into() }])
    }
}

#[async_trait]
impl Vitals for Yes {
    async fn signs(&self) -> Vec<Vital> {
        vec![Vital { name: "Store".into(), says: "answers".into(), well: true }]
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

pub struct Stage {
    router: Router,
    pub staff: Arc<Service>,
    pub shop: Arc<MemoryShop>,
    pub saga: Saga,
    pub catalog: Arc<CatalogService>,
    pub accounts: Arc<souk_accounts::Service>,
    pub reviews: souk_reviews::Service,
    pub parcels: FulfillmentService,
    words: Arc<dyn souk_search::Words>,
    pub sellers: Arc<SellerService>,
    pub warehouse: WarehouseId,
    pub other: WarehouseId,
    mint: Mint,
    builder: Builder,
}

/// The purchase over memory, at a gateway that says yes.
fn purchase(
    shop: &Arc<MemoryShop>,
    catalog: &Arc<CatalogService>,
    mint: &Mint,
    time: &Arc<dyn Clock>,
) -> Saga {
    Saga::new(SagaParts {
        orders: shop.clone(),
        payments: shop.clone(),
        stock: shop.clone(),
        carts: shop.clone(),
        offers: Arc::new(Known(catalog.clone())),
        gateway: Arc::new(Yes),
        tables: Arc::new(Pricing::default_shop(Currency::Eur)),
        mint: mint.clone(),
        clock: time.clone(),
        settings: SagaSettings::default(),
    })
}

fn members(
    store: &Arc<MemoryStaff>,
    hashing: &Arc<Inline<Argon2id>>,
    (time, entropy, mint): (&Arc<dyn Clock>, &Arc<SeededEntropy>, &Mint),
    required: bool,
) -> Arc<Service> {
    let (store, hashing) = (store.clone(), hashing.clone());
    let service = Service::new(store, hashing, time.clone(), entropy.clone(), mint.clone());
    Arc::new(service.with_factors(souk_staff::rules::factor::Seal::of("test"), required))
}

fn shoppers(
    people: Arc<MemoryAccounts>,
    hashing: Arc<Inline<Argon2id>>,
    (time, entropy, mint): (&Arc<dyn Clock>, &Arc<SeededEntropy>, &Mint),
) -> Arc<souk_accounts::Service> {
    let settings = souk_accounts::Settings::default();
    let (time, entropy) = (time.clone(), entropy.clone());
    let service =
        souk_accounts::Service::new(people, hashing, time, entropy, mint.clone(), settings);
    Arc::new(service)
}

fn sellers(
    shop: &Arc<MemoryShop>,
    catalog: &Arc<CatalogService>,
    (time, entropy, mint): (&Arc<dyn Clock>, &Arc<SeededEntropy>, &Mint),
) -> Arc<SellerService> {
    let hashing = Arc::new(Inline(Argon2id::new(Cost::LEAST)));
    let parts = (time.clone(), entropy.clone() as Arc<dyn Entropy>, mint.clone());
    Arc::new(SellerService::new(shop.clone(), catalog.clone(), hashing, parts))
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
        let shelves = Arc::new(catalog::MemoryCatalog::new());
        let said = Arc::new(MemoryReviews::over(shop.clone()));
        let people = Arc::new(MemoryAccounts::default());
        let invoices = Arc::new(MemoryInvoices::new(time.clone()));
        let beside = (shelves.clone(), said.clone(), people.clone(), invoices);
        let store = Arc::new(MemoryStaff::beside(shop.clone(), beside));
        let hashing = Arc::new(Inline(Argon2id::new(Cost::LEAST)));
        let staff = members(&store, &hashing, (&time, &entropy, &mint), !sandbox);
        let catalog = Arc::new(CatalogService::new(shelves, time.clone(), 1_000));
        let saga = purchase(&shop, &catalog, &mint, &time);
        let accounts = shoppers(people, hashing, (&time, &entropy, &mint));
        let bought = Arc::new(souk_memory::reviews::Bought::default());
        let reviews = souk_reviews::Service::new(said, bought, mint.clone(), time.clone());
        let parcels = FulfillmentService::beside(&saga, shop.clone(), Pace::default());
        let (warehouse, other) = (mint.mint_anywhere(), mint.mint_anywhere());
        let sellers = sellers(&shop, &catalog, (&time, &entropy, &mint));
        let limits = Limits::new(LimitsOn::SignIn, false, time.clone());
        let router = router(AdminState {
            shop: AdminShop {
                name: "Test & Sons".into(),
                sandbox,
                base_url: "http://shop.test".into(),
                currency: Currency::Eur,
                warehouses: vec![(warehouse, "Main".into()), (other, "East".into())],
            },
            staff: staff.clone(),
            sellers: sellers.clone(),
            seller_books: BookService::new(shop.clone(), shop.clone(), time.clone(), mint.clone()),
            desk: store.clone(),
            saga: saga.clone(),
            catalog: catalog.clone(),
            search: Search::new(Arc::new(MemoryIndex::default())).worded(store.clone()),
            words: store.clone(),
            parcels: parcels.clone(),
            accounts: accounts.clone(),
            reviews: reviews.clone(),
            outbox: shop.clone(),
            inbox: Arc::new(MemoryInbox::default()),
            mailbox: Arc::new(notifications::MemoryMailbox::default()),
            books: Arc::new(Yes),
            vitals: Arc::new(Yes),
            race: None,
            entropy,
            badge: Badge(Cookies::Loopback),
            gate: Arc::new(Gate { limits, ..Gate::default() }),
            clock: time,
            headers: page_headers(&Origins::default(), Cookies::Loopback).unwrap(),
        });
        let builder = Builder::new(7);
        Self {
            router,
            staff,
            shop,
            saga,
            catalog,
            accounts,
            reviews,
            parcels,
            words: store,
            sellers,
            warehouse,
            other,
            mint,
            builder,
        }
    }

    /// Puts a product on the shelf: title, pieces.
    pub async fn stock(&self, title: &str, pieces: u32) -> Listing {
        self.stock_of(souk_catalog::HOUSE_SELLER, title, pieces).await
    }

    /// The same, of a seller's.
    pub async fn stock_of(&self, seller: SellerId, title: &str, pieces: u32) -> Listing {
        self.put(seller, title, pieces, &["Kitchen"]).await
    }

    /// The same, of the shop's own, in a category.
    pub async fn stock_in(&self, title: &str, pieces: u32, category: &[&str]) -> Listing {
        self.put(souk_catalog::HOUSE_SELLER, title, pieces, category).await
    }

    async fn put(&self, seller: SellerId, title: &str, pieces: u32, category: &[&str]) -> Listing {
        let mut listing = self.builder.listing(title, category);
        listing.product.title = title.into();
        listing.offers.iter_mut().for_each(|offer| offer.seller = seller);
        let (stock, at) = (Vec::new(), NOW);
        let put = PutListing { listing, keep_hidden: false, expected_version: None, stock, at };
        let done = self.catalog.put(vec![put], None).await.unwrap().pop().unwrap().unwrap();
        let (sku, warehouse) = (done.listing.offers[0].id, self.warehouse);
        let open = StockIntent::Open { sku, warehouse, quantity: pieces };
        Stock::apply(&*self.shop, vec![open]).await.pop().unwrap().unwrap();
        done.listing
    }

    /// What the store keeps of the shop's own words.
    pub async fn words(&self) -> souk_search::Synonyms {
        souk_search::Synonyms::new(self.words.synonyms().await.unwrap())
    }

    /// A shopper that nobody knows.
    pub fn someone(&self) -> souk_kernel::UserId {
        self.mint.mint_anywhere()
    }

    /// A warehouse that nobody knows.
    pub fn mint_warehouse(&self) -> WarehouseId {
        self.mint.mint_anywhere()
    }

    /// Buys one.
    pub async fn buy(&self, listing: &Listing, email: &str) -> Placed {
        let lines = vec![BuyerLine { sku: listing.offers[0].id, quantity: 1 }];
        let ship_to = ShipTo {
            name: "Ada".into(),
            line1: "Street 1".into(),
            city: "Berlin".into(),
            postal_code: "10115".into(),
            country: "DE".into(),
            email: email.into(),
            ..ShipTo::default()
        };
        let mut ask = BuyNow {
            key: ClaimKey { principal: self.mint.mint_anywhere(), key: "k".into() },
            lines,
            ship_to: Arc::new(ship_to),
            shipping: ShippingMethod::Standard,
            token: "tok".into(),
            method: Method::Card,
            shown: Money::zero(Currency::Eur),
        };
        if let Err(souk_orders::PlaceRefusal::TotalChanged { total }) =
            self.saga.buy_now(ask.clone()).await
        {
            ask.shown = total;
        }
        self.saga.buy_now(ask).await.unwrap()
    }

    /// Buys one, and has its parcel made: the order.
    pub async fn sold(&self, listing: &Listing) -> OrderId {
        let order = self.buy(listing, "ada@example.com").await.order;
        self.parcels.open(&[order]).await.pop().unwrap().unwrap();
        order
    }

    /// A seller that nobody knows.
    pub fn some_seller(&self) -> SellerId {
        self.mint.mint_anywhere()
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

    /// The cookie of a member who has shown a password, and has a second factor; and its secret's codes.
    pub async fn half(&self, role: Role) -> String {
        self.member(role).await;
        let email = format!("{}@example.com", role.name());
        let password = || Password::new(PASSWORD.to_owned());
        let grant = self.staff.sign_in(&email, password()).await.unwrap();
        let secret = self.staff.fresh_secret();
        let code = secret.code(u64::try_from(NOW.0 / 30_000).unwrap());
        let who = (&grant.member, grant.token.digest());
        self.staff.enrol(who, &secret, &code).await.unwrap();
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
