//! Where something of people is kept, beside their accounts: to show all of it, and to forget it.

use async_trait::async_trait;
use serde_json::{Value, json};
use souk_accounts::port::{EXPORT_MAX, Keeper, Left};
use souk_cart::{CartIntent, Carts, Step};
use souk_fulfillment::{Fulfillment, Fulfillments, Return, ReturnState};
use souk_kernel::{Aggregate, Clock, OrderId, PortError, UserId};
use souk_notifications::{Mailbox, Page, Preferences, Topic};
use souk_orders::{Order, OrderTraces, Orders};
use souk_payments::{SavedMethod, SavedMethodService};
use souk_reviews::{Marked, Review, Reviews};
use souk_search::Behaviour;
use std::sync::Arc;

/// Rows asked for at a time.
const PAGE: usize = 200;

/// The ids of a shopper's orders, newest first, at most [`EXPORT_MAX`].
async fn orders_of(orders: &dyn Orders, user: UserId) -> Result<Vec<OrderId>, PortError> {
    let mut all: Vec<OrderId> = Vec::new();
    loop {
        let page = orders.of_user(user, all.last().copied(), PAGE).await?;
        let last = page.len() < PAGE;
        all.extend(page.into_iter().map(|order| order.id));
        if last || all.len() >= EXPORT_MAX {
            return Ok(all);
        }
    }
}

/// Orders, their parcels and returns.
pub struct InOrders {
    /// The orders.
    pub orders: Arc<dyn Orders>,
    /// What they keep of people.
    pub traces: Arc<dyn OrderTraces>,
    /// What left and came back.
    pub parcels: Arc<dyn Fulfillments>,
}

/// Orders under way that are looked at in one go; more are looked at when these have ended.
const UNDER_WAY: usize = 1_000;

/// What is still to come of a shopper's orders.
#[derive(Default)]
struct Pending {
    /// Orders that wait for something.
    orders: usize,
    /// Orders that wait for nothing, though their state doesn't say so: every parcel came back.
    over: Vec<OrderId>,
}

impl InOrders {
    async fn pending(&self, user: UserId) -> Result<Pending, PortError> {
        let mut pending = Pending::default();
        for order in self.traces.under_way(user, UNDER_WAY).await? {
            let sent = self.parcels.of_order(order).await?;
            let done = |sent: &Fulfillment| {
                let progress = sent.progress();
                progress.parcels > 0 && progress.lost + progress.delivered == progress.parcels
            };
            if sent.as_ref().is_some_and(done) {
                pending.over.push(order);
            } else {
                pending.orders += 1;
            }
        }
        Ok(pending)
    }

    async fn open_returns(&self, user: UserId) -> Result<usize, PortError> {
        let mut open = 0;
        for order in orders_of(&*self.orders, user).await? {
            let all = self.parcels.of_order(order).await?;
            let is_open = |back: &&Return| back.is_live() && back.state() != ReturnState::Refunded;
            open += all.iter().flat_map(|all| &all.returns).filter(is_open).count();
        }
        Ok(open)
    }
}

#[async_trait]
impl Keeper for InOrders {
    fn name(&self) -> &'static str {
        "orders"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let ids = orders_of(&*self.orders, user).await?;
        let mut all = Vec::with_capacity(ids.len());
        for page in ids.chunks(PAGE) {
            for order in self.orders.orders(page).await?.iter().flatten() {
                let sent = self.parcels.of_order(order.id).await?;
                let returns: Vec<Value> =
                    sent.iter().flat_map(|sent| &sent.returns).map(returned).collect();
                all.push(ordered(order, returns));
            }
        }
        Ok(Value::Array(all))
    }

    async fn obstacle(&self, user: UserId) -> Result<Option<String>, PortError> {
        let orders = self.pending(user).await?.orders;
        if orders > 0 {
            let are = if orders == 1 { "order is" } else { "orders are" };
            return Ok(Some(format!("{orders} {are} under way: wait for it, or cancel")));
        }
        let returns = self.open_returns(user).await?;
        Ok((returns > 0).then(|| format!("{returns} of your returns wait for their refund")))
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        let pending = self.pending(user).await?;
        self.traces.forget_shopper(user, &pending.over).await?;
        Ok(if pending.orders == 0 { Left::Nothing } else { Left::Something })
    }
}

fn ordered(order: &Order, returns: Vec<Value>) -> Value {
    let lines = order.quote.lines.iter().map(|line| {
        json!({
            "product_id": line.item.product.to_string(),
            "title": &*line.item.title,
            "quantity": line.item.quantity,
            "unit_price": line.item.unit_price,
            "subtotal": line.subtotal,
        })
    });
    let moves = order.moves.iter().map(|step| json!({"to": step.to, "at": step.at.rfc3339()}));
    json!({
        "order_id": order.id.to_string(),
        "number": order.number().to_string(),
        "state": order.state.name(),
        "placed_at": order.created_at.rfc3339(),
        "total": order.total(),
        "ship_to": order.ship_to.as_deref(),
        "lines": lines.collect::<Vec<_>>(),
        "moves": moves.collect::<Vec<_>>(),
        "returns": returns,
    })
}

fn returned(back: &Return) -> Value {
    json!({
        "return_id": back.id.to_string(),
        "state": back.state().name(),
        "since": back.since().rfc3339(),
        "reason": back.reason,
    })
}

/// The cart.
pub struct InCart(pub Arc<dyn Carts>, pub Arc<dyn Clock>);

#[async_trait]
impl Keeper for InCart {
    fn name(&self) -> &'static str {
        "cart"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let cart = self.0.get(user).await?;
        let lines = cart.iter().flat_map(|cart| {
            let saved = cart.saved.iter().map(|line| (line, true));
            cart.lines.iter().map(|line| (line, false)).chain(saved)
        });
        let lines = lines.map(|(line, saved)| {
            json!({
                "saved_for_later": saved,
                "offer_id": line.offer.to_string(),
                "quantity": line.quantity,
                "added_at": line.added_at.rfc3339(),
            })
        });
        Ok(Value::Array(lines.collect()))
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        let Some(cart) = self.0.get(user).await? else { return Ok(Left::Nothing) };
        let at = self.1.now();
        let remove =
            |offer| CartIntent { user, at, step: Step::Remove { offer, expected_version: None } };
        let drop_saved = |offer| {
            let step = Step::DropSaved { offer, expected_version: None };
            CartIntent { user, at, step }
        };
        let lines = cart.lines.iter().map(|line| remove(line.offer));
        let intents = lines.chain(cart.saved.iter().map(|line| drop_saved(line.offer))).collect();
        for answer in self.0.apply(intents).await {
            // One that an order pays for stands still: it ends with the order.
            if !answer?.done() {
                return Ok(Left::Something);
            }
        }
        Ok(Left::Nothing)
    }
}

/// Reviews: the name beside them goes, what they say of products stays.
pub struct InReviews(pub Arc<dyn Reviews>);

#[async_trait]
impl Keeper for InReviews {
    fn name(&self) -> &'static str {
        "reviews"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let mut all: Vec<Review> = Vec::new();
        loop {
            let before = all.last().map(|review| review.id.key());
            let page = self.0.of_author(user, before, PAGE).await?;
            let last = page.len() < PAGE;
            all.extend(page);
            if last || all.len() >= EXPORT_MAX {
                break;
            }
        }
        let view = |review: &Review| {
            json!({
                "review_id": review.id.to_string(),
                "product_id": review.product.to_string(),
                "byline": review.byline,
                "stars": review.stars.count(),
                "title": review.title,
                "text": review.text,
                "verified_purchase": review.verified,
                "created_at": review.created.rfc3339(),
            })
        };
        Ok(Value::Array(all.iter().map(view).collect()))
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        self.0.forget(user).await.map(|_| Left::Nothing)
    }
}

/// Votes on others' reviews and reports of them: whose they were goes, what they count stays.
pub struct InMarks(pub Arc<dyn Reviews>);

#[async_trait]
impl Keeper for InMarks {
    fn name(&self) -> &'static str {
        "review_votes_and_reports"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let mut all: Vec<Marked> = Vec::new();
        loop {
            let after = all.last().map(|marked| (marked.review.key(), marked.mark));
            let page = self.0.marks_of(user, after, PAGE).await?;
            let last = page.len() < PAGE;
            all.extend(page);
            if last || all.len() >= EXPORT_MAX {
                break;
            }
        }
        let view = |marked: &Marked| {
            json!({
                "review_id": marked.review.to_string(),
                "product_id": marked.product.to_string(),
                "kind": marked.mark.name(),
            })
        };
        Ok(Value::Array(all.iter().map(view).collect()))
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        self.0.forget_marks(user).await.map(|_| Left::Nothing)
    }
}

/// Cards that are kept for next time: what may be shown of them, and their tokens, here and at the gateway.
pub struct InKept(pub SavedMethodService);

#[async_trait]
impl Keeper for InKept {
    fn name(&self) -> &'static str {
        "payment_methods"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let all = self.0.of_user(user).await?;
        let view = |method: &SavedMethod| {
            json!({
                "brand": method.face.brand,
                "last4": method.face.last4,
                "expires": method.face.expires,
                "default": method.is_default,
                "kept_at": method.created_at.rfc3339(),
            })
        };
        Ok(Value::Array(all.iter().map(view).collect()))
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        for method in self.0.of_user(user).await? {
            self.0.remove(user, method.id).await?;
        }
        Ok(Left::Nothing)
    }
}

/// What was looked at and bought, as far as it ranks products.
pub struct InBehaviour(pub Arc<dyn Behaviour>);

#[async_trait]
impl Keeper for InBehaviour {
    fn name(&self) -> &'static str {
        "behaviour"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let acts = self.0.recent(user).await?;
        let view = |act: &souk_search::Interest| {
            json!({
                "product_id": act.product.to_string(),
                "act": act.act,
                "brand": act.brand,
                "category": act.category,
                "at": act.at.rfc3339(),
            })
        };
        Ok(Value::Array(acts.iter().map(view).collect()))
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        self.0.forget(user).await.map(|()| Left::Nothing)
    }
}

/// Mails, and which of them are declined.
pub struct InMails {
    /// The mails.
    pub mailbox: Arc<dyn Mailbox>,
    /// What is declined.
    pub preferences: Arc<dyn Preferences>,
    /// What orders they tell of.
    pub orders: Arc<dyn Orders>,
}

impl InMails {
    /// Adds what a filter finds, up to [`EXPORT_MAX`] in all.
    async fn add(&self, page: Page, all: &mut Vec<Value>) -> Result<(), PortError> {
        let mut page = Page { limit: PAGE as u32, ..page };
        while all.len() < EXPORT_MAX {
            let some = self.mailbox.list(page).await?;
            for envelope in &some {
                let Some(mail) = self.mailbox.get(envelope.id).await? else { continue };
                all.push(json!({
                    "kind": mail.kind.name(),
                    "to": mail.to,
                    "subject": mail.subject,
                    "text": mail.text,
                    "at": mail.created_at.rfc3339(),
                }));
            }
            page.before = some.last().map(|envelope| envelope.id);
            if some.len() < PAGE {
                break;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Keeper for InMails {
    fn name(&self) -> &'static str {
        "mails"
    }

    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        let none = Page { before: None, about: None, user: None, limit: 0 };
        let mut all = Vec::new();
        self.add(Page { user: Some(user), ..none }, &mut all).await?;
        for order in orders_of(&*self.orders, user).await? {
            self.add(Page { about: Some(Aggregate(order.uuid())), ..none }, &mut all).await?;
        }
        let declined = self.preferences.declined(user).await?;
        let declined: Vec<&str> = declined.into_iter().map(Topic::name).collect();
        Ok(json!({ "declined": declined, "sent": all }))
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        let orders = orders_of(&*self.orders, user).await?;
        for piece in orders.chunks(PAGE) {
            self.mailbox.erase(user, piece).await?;
        }
        self.mailbox.erase(user, &[]).await?;
        self.preferences.forget(user).await?;
        Ok(Left::Nothing)
    }
}
