//! What pricing and carts ask of catalogue and stock.

use async_trait::async_trait;
use souk_cart::{Offering, Prices};
use souk_catalog::CatalogService;
use souk_inventory::Stock;
use souk_kernel::{OfferId, PortError};
use souk_lists::Shelves;
use souk_orders::{BuyerLine, Offers};
use souk_pricing::{PricedLine, Quote, QuoteLine};
use std::sync::Arc;

/// Offers as the purchase prices them.
pub struct CatalogOffers(pub Arc<CatalogService>);

#[async_trait]
impl Offers for CatalogOffers {
    async fn price(&self, lines: &[BuyerLine]) -> Result<Vec<Option<PricedLine>>, PortError> {
        let ids: Vec<OfferId> = lines.iter().map(|line| line.sku).collect();
        let views = self.0.offers(&ids).await?;
        let priced = lines.iter().zip(views).map(|(line, view)| {
            let view = view.filter(|view| view.buyable)?;
            Some(PricedLine {
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

    async fn withdrawn(&self, quote: &Quote) -> Result<Option<OfferId>, PortError> {
        let closed = |line: &&QuoteLine| self.0.is_closed(line.item.seller);
        if let Some(line) = quote.lines.iter().find(closed) {
            return Ok(Some(line.item.sku));
        }
        let skus: Vec<OfferId> = quote.lines.iter().map(|line| line.item.sku).collect();
        let views = self.0.offers(&skus).await?;
        Ok(views.iter().flatten().find(|view| view.hidden).map(|view| view.offer))
    }
}

/// Offers as carts show them.
pub struct CartPrices {
    /// What is sold.
    pub catalog: Arc<CatalogService>,
    /// How many are left.
    pub stock: Arc<dyn Stock>,
}

#[async_trait]
impl Prices for CartPrices {
    async fn offerings(&self, offers: &[OfferId]) -> Result<Vec<Option<Offering>>, PortError> {
        let views = self.catalog.offers(offers).await?;
        // An offer and its SKU are named by one id.
        let levels = self.stock.levels_of(offers).await?;
        let offerings = views.into_iter().zip(levels).map(|(view, levels)| {
            let view = view.filter(|view| view.buyable)?;
            let left: i64 = levels.iter().map(|l| l.level.available()).sum();
            let available = u32::try_from(left.max(0)).unwrap_or(u32::MAX);
            Some(Offering { price: view.unit_price, available })
        });
        Ok(offerings.collect())
    }
}

#[async_trait]
impl Shelves for CartPrices {
    async fn in_stock(&self, offers: &[OfferId]) -> Result<Vec<bool>, PortError> {
        let offerings = self.offerings(offers).await?;
        Ok(offerings.iter().map(|now| now.is_some_and(|now| now.available > 0)).collect())
    }
}
