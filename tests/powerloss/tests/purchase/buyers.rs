//! Who buys: at once and from carts, with good cards and bad ones, who cancel and want money back.

use crate::diary::{Ask, Diary, Told};
use crate::shop::{Shop, World, price_of};
use souk_cart::{CartIntent, Carts, Line, Step};
use souk_kernel::{ClaimKey, Clock, DAY_MS, Money, OrderId, UserId};
use souk_orders::{
    Actor, Answer, BuyNow, BuyerLine, CheckoutRecord, Pay, PlaceRefusal, Placed, ShipTo,
    StartFromCart,
};
use souk_payments::Method;
use souk_powerloss::Rng;
use souk_pricing::{Country, Destination, ShippingMethod};
use std::sync::Arc;

/// Errands of one buyer in one life, if the power lasts so long.
const ERRANDS: u64 = 14;

/// One of them.
pub struct Buyer {
    pub shop: Arc<Shop>,
    pub diary: Arc<Diary>,
    pub world: Arc<World>,
    pub user: UserId,
    /// Keys of one life differ from those of another.
    pub life: u64,
    pub rng: Rng,
    pub keys: u64,
    pub bought: Vec<(OrderId, Money)>,
}

fn ship_to() -> Arc<ShipTo> {
    Arc::new(ShipTo {
        name: "Ada Lovelace".into(),
        line1: "Unter den Linden 1".into(),
        city: "Berlin".into(),
        postal_code: "10117".into(),
        country: "DE".into(),
        email: "ada@example.com".into(),
        ..ShipTo::default()
    })
}

impl Buyer {
    /// Buys until the errands are done or the power is off.
    pub async fn shops(mut self) {
        for _ in 0..ERRANDS {
            if self.shop.is_over() {
                return;
            }
            self.shop.clock.advance(self.rng.below(300).cast_signed());
            match self.rng.below(20) {
                0..9 => self.buys_now().await,
                9..15 => self.buys_a_cart().await,
                15..18 => self.cancels().await,
                _ => self.wants_money_back().await,
            }
        }
    }

    fn key(&mut self, what: &str) -> ClaimKey {
        self.keys += 1;
        let key = format!("{what}-{}-{}", self.life, self.keys);
        ClaimKey { principal: self.user, key }
    }

    fn token(&mut self) -> String {
        let token = match self.rng.below(20) {
            0..11 => "tok_approve",
            11..13 => "tok_decline",
            13..15 => "tok_lost_answer",
            15 => "tok_lost_request",
            16 => "tok_capture_lost_answer",
            17 => "tok_amount_plus_1",
            _ => "tok_3ds",
        };
        token.into()
    }

    fn lines(&mut self) -> Vec<BuyerLine> {
        let world = Arc::clone(&self.world);
        let first = self.rng.below(world.skus.len() as u64) as usize;
        let mut lines =
            vec![BuyerLine { sku: world.skus[first], quantity: 1 + self.rng.below(2) as u32 }];
        if self.rng.chance(40) {
            let second = (first + 1) % world.skus.len();
            lines.push(BuyerLine { sku: world.skus[second], quantity: 1 });
        }
        lines
    }

    async fn buys_now(&mut self) {
        let lines = self.lines();
        let to = Destination::country("DE".parse::<Country>().unwrap());
        let quote = self.shop.saga.quote(&lines, &to, ShippingMethod::Standard).await;
        let ask = Ask::BuyNow(BuyNow {
            key: self.key("buy"),
            lines,
            ship_to: ship_to(),
            shipping: ShippingMethod::Standard,
            token: self.token(),
            method: Method::Card,
            shown: quote.unwrap().total,
        });
        self.places(&ask).await;
    }

    /// Sends a request, at times twice at once, as an impatient browser does.
    async fn places(&mut self, ask: &Ask) -> Option<PlaceRefusal> {
        let (diary, saga) = (Arc::clone(&self.diary), self.shop.saga.clone());
        let answer = if self.rng.chance(10) {
            let twice = (diary.ask(&saga, ask), diary.ask(&saga, ask));
            let (one, other) = futures_util::future::join(twice.0, twice.1).await;
            one.or(other)
        } else {
            diary.ask(&saga, ask).await
        };
        match answer {
            Ok(placed) => {
                self.goes_on(&placed).await;
                None
            }
            Err(refusal) => Some(refusal),
        }
    }

    async fn goes_on(&mut self, placed: &Placed) {
        self.bought.push((placed.order, placed.total));
        let Answer::RequiresAction { url } = &placed.answer else { return };
        // Some never come back from the bank's page.
        if self.rng.chance(20) {
            return;
        }
        let approve = self.rng.chance(75);
        let Some(Ok(action)) = url.rsplit('/').next().map(str::parse) else { return };
        if let Ok(true) = self.shop.sandbox.finish_action(action, approve).await
            && approve
        {
            self.diary.tell(Told::Approved(placed.order));
        }
        // The shopper returns; whoever finds no power has nothing to say.
        let _ = self.shop.saga.sync(placed.order).await;
    }

    async fn fills_a_cart(&mut self) -> bool {
        let at = self.shop.clock.now();
        let intents = self.lines().into_iter().map(|line| {
            let line = Line {
                offer: line.sku,
                quantity: line.quantity,
                price: price_of(line.sku),
                added_at: at,
            };
            let step = Step::Add { line, expected_version: None, keep_until: at.plus_ms(DAY_MS) };
            CartIntent { user: self.user, at, step }
        });
        let intents = intents.collect();
        let answers = Carts::apply(&*self.shop.store, intents).await;
        answers.into_iter().all(|answer| answer.is_ok())
    }

    async fn starts(&mut self) -> Option<CheckoutRecord> {
        let ask = StartFromCart {
            key: self.key("start"),
            ship_to: ship_to(),
            shipping: ShippingMethod::Standard,
        };
        let checkout = self.shop.saga.start_checkout(ask).await.ok()?;
        self.diary.tell(Told::Started(checkout.id));
        Some(checkout)
    }

    async fn buys_a_cart(&mut self) {
        if !self.fills_a_cart().await {
            return;
        }
        let Some(checkout) = self.starts().await else { return };
        // Some leave it at that.
        if self.rng.chance(15) {
            return;
        }
        for _ in 0..2 {
            let ask = Ask::Pay(Pay {
                key: self.key("pay"),
                checkout: checkout.id,
                token: self.token(),
                method: Method::Card,
                shown: checkout.quote.total,
            });
            // Another card after a decline.
            match self.places(&ask).await {
                Some(PlaceRefusal::Declined { .. }) => {}
                _ => return,
            }
        }
    }

    fn one_bought(&mut self) -> Option<(OrderId, Money)> {
        let which = self.rng.below(self.bought.len() as u64) as usize;
        self.bought.get(which).copied()
    }

    async fn cancels(&mut self) {
        let Some((order, _)) = self.one_bought() else { return };
        if self.shop.saga.cancel(self.user, order, Actor::Shopper, "changed_mind").await.is_ok() {
            self.diary.tell(Told::Cancelled(order));
        }
    }

    async fn wants_money_back(&mut self) {
        let Some((order, total)) = self.one_bought() else { return };
        let key = self.key("refund");
        let amount = Money { minor: total.minor / 3, ..total };
        let asked = self.shop.saga.refund(&key, order, Some(amount), "broken".into()).await;
        if let Ok((refund, _)) = asked {
            self.diary.tell(Told::Refunded(refund, amount));
        }
    }
}
