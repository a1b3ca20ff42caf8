//! What stands behind the door in tests: a shelf of invented offers, a gateway that approves.

use async_trait::async_trait;
use souk_cart::{CartService, Offering, Prices};
use souk_catalog::Listing;
use souk_inventory::Stock;
use souk_kernel::{Clock, Currency, Id, Mint, Money, OfferId, PortError};
use souk_memory::orders::MemoryShop;
use souk_orders::{BuyerLine, Offers, Saga, SagaParts, SagaSettings};
use souk_payments::{Authorization, Authorize, Gateway, GatewayError, GatewayPayment};
use souk_pricing::{PricedLine, Pricing, Quote, TaxClass};
use souk_search::Document;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The id of the shelf's n-th offer. It costs n euros, and carts are told that there are n of it;
/// 0 is not for sale.
pub fn offer(n: u8) -> OfferId {
    Id::from_bytes([n; 16])
}

/// What is for sale, by one seller.
#[derive(Clone, Default)]
pub struct Shelf {
    /// Whether that seller is suspended.
    pub closed: Arc<AtomicBool>,
}

impl Shelf {
    fn price(offer: OfferId) -> Option<Money> {
        let n = offer.bytes()[0];
        (n > 0).then(|| Money::new(i64::from(n) * 100, Currency::Eur))
    }
}

#[async_trait]
impl Prices for Shelf {
    async fn offerings(&self, offers: &[OfferId]) -> Result<Vec<Option<Offering>>, PortError> {
        let offering = |offer: &OfferId| {
            let available = u32::from(offer.bytes()[0]);
            Self::price(*offer).map(|price| Offering { price, available })
        };
        Ok(offers.iter().map(offering).collect())
    }
}

#[async_trait]
impl Offers for Shelf {
    async fn price(&self, lines: &[BuyerLine]) -> Result<Vec<Option<PricedLine>>, PortError> {
        let closed = self.closed.load(Ordering::SeqCst);
        let priced = |line: &BuyerLine| {
            let unit_price = Self::price(line.sku).filter(|_| !closed)?;
            Some(PricedLine {
                sku: line.sku,
                product: Id::from_bytes(*line.sku.bytes()),
                variant: Id::from_bytes(*line.sku.bytes()),
                seller: Id::from_bytes([250; 16]),
                title: format!("Thing {}", line.sku.bytes()[0]).into(),
                quantity: line.quantity,
                unit_price,
                tax_class: TaxClass::Standard,
                weight_g: 100,
                image: None,
            })
        };
        Ok(lines.iter().map(priced).collect())
    }

    async fn withdrawn(&self, quote: &Quote) -> Result<Option<OfferId>, PortError> {
        let first = quote.lines.first().map(|line| line.item.sku);
        Ok(first.filter(|_| self.closed.load(Ordering::SeqCst)))
    }
}

/// Has some of everything.
pub struct FullShelves;

#[async_trait]
impl souk_lists::Shelves for FullShelves {
    async fn in_stock(&self, offers: &[OfferId]) -> Result<Vec<bool>, PortError> {
        Ok(vec![true; offers.len()])
    }
}

/// A listing as search finds it.
pub fn document(listing: &Listing) -> Document {
    let (product, offer) = (&listing.product, &listing.offers[0]);
    Document {
        product: product.id,
        offer: offer.id,
        title: product.title.clone(),
        description: String::new(),
        brand: product.brand.clone().unwrap_or_default(),
        seller: offer.seller,
        codes: Vec::new(),
        category: product.category_path.clone(),
        attributes: product.attributes.clone().into_iter().collect(),
        price: offer.price,
        in_stock: true,
        rating_tenths: 0,
        reviews: 0,
        fast_delivery: false,
        created_at: product.created_at,
        image: None,
        colours: Vec::new(),
    }
}

/// Approves and remembers nothing.
struct Approving;

#[async_trait]
impl Gateway for Approving {
    fn name(&self) -> &'static str {
        "approving"
    }

    fn key_lifetime_ms(&self) -> i64 {
        i64::MAX
    }

    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError> {
        Ok(Authorization::Authorized { gateway_ref: request.reference, amount: request.amount })
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

/// Carts and the purchase over one store in memory.
pub fn set(
    shelf: &Shelf,
    clock: &Arc<dyn Clock>,
    mint: &Mint,
) -> (Arc<MemoryShop>, CartService, Saga) {
    let store = Arc::new(MemoryShop::new(Arc::clone(clock)));
    let carts = CartService::new(store.clone(), Arc::new(shelf.clone()), Arc::clone(clock));
    let saga = Saga::new(SagaParts {
        orders: store.clone(),
        payments: store.clone(),
        stock: Arc::clone(&store) as Arc<dyn Stock>,
        carts: store.clone(),
        offers: Arc::new(shelf.clone()),
        gateway: Arc::new(Approving),
        tables: Arc::new(Pricing::default_shop(Currency::Eur)),
        mint: mint.clone(),
        clock: Arc::clone(clock),
        settings: SagaSettings::default(),
    });
    (store, carts, saga)
}

/// Parcels of what the saga sold.
pub fn parcels(saga: &Saga, store: &Arc<MemoryShop>) -> souk_fulfillment::FulfillmentService {
    let pace = souk_fulfillment::Pace::default();
    souk_fulfillment::FulfillmentService::beside(saga, store.clone(), pace)
}

/// Who writes mails; nobody asks it about orders here.
pub fn notifier(
    mailbox: &Arc<souk_memory::notifications::MemoryMailbox>,
    mint: &Mint,
    clock: Arc<dyn Clock>,
) -> souk_notifications::Notifier {
    souk_notifications::Notifier::new(souk_notifications::NotifierParts {
        mailbox: mailbox.clone(),
        preferences: mailbox.clone(),
        orders: Arc::new(NoOrders),
        mint: mint.clone(),
        clock,
        entropy: Arc::new(souk_kernel::SeededEntropy::new(43)),
        shop: souk_notifications::Shop::new("Souk".into(), "http://127.0.0.1:8080".into()),
    })
}

struct NoOrders;

#[async_trait]
impl souk_notifications::OrderFacts for NoOrders {
    async fn details(
        &self,
        orders: &[souk_kernel::OrderId],
    ) -> Result<Vec<Option<souk_notifications::OrderDetails>>, PortError> {
        Ok(orders.iter().map(|_| None).collect())
    }
}
