//! Fifty shoppers and one piece: the race that the staff's door offers in sandboxes, run by the purchase
//! that every shopper uses.

use super::Shop;
use async_trait::async_trait;
use souk_admin::{Race, Ran, Runner};
use souk_catalog::{
    ExternalId, HOUSE_SELLER, Listing, Offer, Product, PutListing, TaxClass, Variant,
};
use souk_inventory::{StockIntent, StockRefusal};
use souk_kernel::{ClaimKey, Money, PortError, Sku, UserId};
use souk_orders::{Answer, BuyNow, BuyerLine, PlaceRefusal, Placed, ShipTo};
use souk_payments::Method;
use souk_pricing::ShippingMethod;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Barrier;

/// The product's name in the catalogue.
const SOURCE: &str = "souk-race";

/// Races in this shop.
pub struct LastUnit(pub Arc<Shop>);

impl LastUnit {
    fn listing(&self) -> Listing {
        let (shop, at) = (&self.0, self.0.clock.now());
        let (product, variant) = (shop.mint.mint_anywhere(), shop.mint.mint_anywhere());
        Listing {
            product: Product {
                id: product,
                external: Some(ExternalId { source: SOURCE.into(), id: "last-unit".into() }),
                title: String::from("The last unit"),
                description: String::from("What fifty shoppers race for, from the admin."),
                brand: None,
                category_path: vec![String::from("Demonstrations")],
                attributes: souk_catalog::Attributes::default(),
                images: Vec::new(),
                gtins: Vec::new(),
                hidden: false,
                created_at: at,
                updated_at: at,
                version: 1,
            },
            variants: vec![Variant {
                id: variant,
                product,
                key: String::new(),
                title: String::new(),
                options: std::collections::BTreeMap::new(),
            }],
            offers: vec![Offer {
                id: shop.mint.mint_anywhere(),
                variant,
                product,
                seller: HOUSE_SELLER,
                price: Money::new(49_00, shop.currency),
                tax_class: TaxClass::default(),
                weight_g: 500,
                buyable: true,
                version: 1,
            }],
        }
    }

    fn ask(&self, user: UserId, prize: Sku, shown: Money) -> BuyNow {
        let ship_to = ShipTo {
            name: String::from("Racing Guest"),
            line1: String::from("Rennbahn 1"),
            city: String::from("Berlin"),
            postal_code: String::from("10115"),
            country: String::from("DE"),
            email: format!("{user}@race.example"),
            ..ShipTo::default()
        };
        BuyNow {
            key: ClaimKey { principal: user, key: format!("race-{}", self.0.entropy.next_u64()) },
            lines: vec![BuyerLine { sku: prize, quantity: 1 }],
            ship_to: Arc::new(ship_to),
            shipping: ShippingMethod::Standard,
            token: String::from("tok_approve"),
            method: Method::Card,
            shown,
        }
    }

    /// What one piece costs, as the purchase itself says when it is shown nothing.
    async fn total(&self, user: UserId, prize: Sku) -> Result<Money, PortError> {
        let nothing = Money::zero(self.0.currency);
        match self.0.saga.buy_now(self.ask(user, prize, nothing)).await {
            Err(PlaceRefusal::TotalChanged { total }) => Ok(total),
            Err(other) => Err(PortError::Unavailable(other.to_string())),
            Ok(_) => Err(PortError::Corrupt("the prize costs nothing".into())),
        }
    }
}

fn ran(answer: Result<Placed, PlaceRefusal>) -> Ran {
    match answer {
        Ok(Placed { order, number, answer: Answer::Confirmed, .. }) => {
            Ran::Won { order, number: number.to_string() }
        }
        Ok(other) => Ran::Other(format!("{:?}", other.answer)),
        Err(PlaceRefusal::OutOfStock(_)) => Ran::SoldOut,
        Err(other) => Ran::Other(other.to_string()),
    }
}

#[async_trait]
impl Race for LastUnit {
    async fn prize(&self) -> Result<Sku, PortError> {
        let shop = &self.0;
        let put = PutListing {
            listing: self.listing(),
            expected_version: None,
            keep_hidden: false,
            stock: Vec::new(),
            at: shop.clock.now(),
        };
        let done = shop.catalog.put(vec![put], None).await?.pop();
        let refused = || PortError::Unavailable("the prize can't be put up".into());
        let listing = done.and_then(Result::ok).ok_or_else(refused)?.listing;
        let sku = listing.offers.first().ok_or_else(refused)?.id;
        let open = StockIntent::Open { sku, warehouse: shop.warehouses[0], quantity: 1 };
        match souk_kernel::one(shop.saga.parts().stock.apply(vec![open]).await) {
            Ok(_) => Ok(sku),
            Err(StockRefusal::Port(error)) => Err(error),
            Err(other) => Err(PortError::Unavailable(other.to_string())),
        }
    }

    async fn run(&self, prize: Sku, shoppers: usize) -> Result<Vec<Runner>, PortError> {
        let shop = &self.0;
        let mut guests = Vec::with_capacity(shoppers);
        for _ in 0..shoppers {
            guests.push(shop.accounts.mint_guest().await?.principal.user);
        }
        let Some(first) = guests.first() else { return Ok(Vec::new()) };
        let total = self.total(*first, prize).await?;
        let start = Arc::new(Barrier::new(shoppers));
        let running: Vec<_> = guests
            .into_iter()
            .map(|user| {
                let (saga, start) = (shop.saga.clone(), Arc::clone(&start));
                let ask = self.ask(user, prize, total);
                tokio::spawn(async move {
                    start.wait().await;
                    let began = Instant::now();
                    let answer = saga.buy_now(ask).await;
                    let took = began.elapsed().as_micros();
                    Runner { ran: ran(answer), took_us: u64::try_from(took).unwrap_or(u64::MAX) }
                })
            })
            .collect();
        let mut runners = Vec::with_capacity(shoppers);
        for one in running {
            runners.push(one.await.map_err(|error| PortError::Unavailable(error.to_string()))?);
        }
        Ok(runners)
    }
}
