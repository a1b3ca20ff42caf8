//! What people wish for, wait for and look at: to show all of it, and to forget it.

use async_trait::async_trait;
use serde_json::{Value, json};
use souk_accounts::port::{Keeper, Left};
use souk_insights::{InsightsService, rules::TRAIL};
use souk_kernel::{Clock, PortError, UserId};
use souk_lists::Lists;
use std::sync::Arc;

/// Wishlists and alerts.
pub struct InLists(pub Arc<dyn Lists>, pub Arc<dyn Clock>);

#[async_trait]
impl Keeper for InLists {
    fn name(&self) -> &'static str {
        "wishlist"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let wishes = self.0.wishes(user, self.1.now()).await?;
        let alerts = self.0.alerts(user).await?;
        let wish = |wish: &souk_lists::Wish| {
            json!({
                "offer_id": wish.offer.to_string(),
                "price": wish.price,
                "added_at": wish.added_at.rfc3339(),
            })
        };
        let alert = |alert: &souk_lists::Alert| {
            json!({
                "offer_id": alert.offer.to_string(),
                "awaits": alert.awaited.name(),
                "since": alert.since.rfc3339(),
            })
        };
        let wishes: Vec<Value> = wishes.iter().map(wish).collect();
        let alerts: Vec<Value> = alerts.iter().map(alert).collect();
        Ok(json!({ "wishes": wishes, "alerts": alerts }))
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        self.0.forget(user).await.map(|()| Left::Nothing)
    }
}

/// What was looked at, last look first.
pub struct InTrail(pub InsightsService);

#[async_trait]
impl Keeper for InTrail {
    fn name(&self) -> &'static str {
        "recently_viewed"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let trail = self.0.recent(user, TRAIL).await?;
        Ok(trail.iter().map(ToString::to_string).collect())
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        self.0.forget(user).await.map(|()| Left::Nothing)
    }
}
