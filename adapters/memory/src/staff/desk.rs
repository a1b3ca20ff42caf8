//! The desk over the shop in memory.

use super::MemoryStaff;
use async_trait::async_trait;
use souk_accounts::User;
use souk_invoices::Invoices;
use souk_kernel::{HOUR_MS, OrderId, PortError, SellerId, Timestamp};
use souk_orders::{Order, OrderState};
use souk_payments::{Payment, Refund};
use souk_reviews::Review;
use souk_sellers::Books;
use souk_staff::{
    Begun, Desk, EMAIL_REACH, Figures, FindCustomers, FindOrders, FindParcels, FindPayments,
    FindRefunds, FindReturns, FindReviews, Hour, Low, Moment, ParcelTally, Returned, Sent, Short,
    Sought, Source, Worth,
};
use std::collections::BTreeMap;

fn fits(order: &Order, find: &FindOrders) -> bool {
    let sought = match &find.sought {
        None => true,
        Some(Sought::Key(key)) => order.id.key() == *key,
        Some(Sought::Email(email)) => {
            order.ship_to.as_ref().is_some_and(|to| to.email.eq_ignore_ascii_case(email))
        }
    };
    sought
        && find.state.is_none_or(|state| order.state == state)
        && find.before.is_none_or(|before| order.id.key() < before.key())
}

#[async_trait]
impl Desk for MemoryStaff {
    async fn find_orders(&self, find: &FindOrders) -> Result<Vec<OrderId>, PortError> {
        let rows = self.shop.rows();
        let newest: Vec<_> = rows.orders.orders().collect();
        let newest = newest.into_iter().rev().take(EMAIL_REACH);
        let found = newest.filter(|order| fits(order, find)).map(|order| order.id);
        Ok(found.take(find.limit).collect())
    }

    async fn traces(&self, order: &Order) -> Result<Vec<Moment>, PortError> {
        let papers = self.invoices.of_order(order.id).await?;
        let books = self.shop.lines_of(&[order.id]).await?;
        let rows = self.shop.rows();
        let moment =
            |at, source, what: &str, detail| Moment { at, source, what: what.to_owned(), detail };
        let stock = rows.stock.entries().iter().filter(|e| e.checkout == Some(order.checkout));
        let stock = stock.map(|e| {
            let detail = format!("{} × {}", e.quantity, e.sku);
            moment(e.at, Source::Stock, e.kind.name(), detail)
        });
        let money = rows.payments.money().iter().filter(|e| e.payment == order.payment);
        let money = money.map(|e| {
            let what = format!("{} to {}", e.debit.name(), e.credit.name());
            moment(e.at, Source::Money, &what, e.amount.decimal())
        });
        let lanes: Vec<u16> = (0..souk_kernel::LANES).collect();
        let parcels = souk_fulfillment::Fulfillment::aggregate(order.id);
        let ours = [order.id.uuid(), order.payment.uuid(), parcels.0];
        let facts = rows.outbox.pending(&lanes, usize::MAX).into_iter();
        let facts = facts.filter(|(_, fact)| ours.contains(&fact.aggregate.0)).map(|(_, fact)| {
            moment(fact.at, Source::Fact, &fact.kind, format!("number {}", fact.number))
        });
        let audit = self.rows.lock().audit.clone();
        let subject = order.id.to_string();
        let audit = audit.into_iter().filter(|line| line.subject == subject);
        let audit = audit.map(|line| moment(line.at, Source::Audit, &line.name, line.detail));
        let papers = papers.iter().map(Moment::issued);
        let money = money.chain(books.iter().flatten().map(Moment::booked)).chain(papers);
        Ok(stock.chain(money).chain(facts).chain(audit).collect())
    }

    async fn figures(&self, since: Timestamp) -> Result<Figures, PortError> {
        let rows = self.shop.rows();
        let mut hours: BTreeMap<(i64, &'static str), (OrderState, u64, i64)> = BTreeMap::new();
        for order in rows.orders.orders().filter(|order| order.created_at >= since) {
            let key = (order.created_at.0 / HOUR_MS, order.state.name());
            let hour = hours.entry(key).or_insert((order.state, 0, 0));
            hour.1 += 1;
            hour.2 += order.total().minor;
        }
        let hour = |((hour, _), (state, orders, minor)): (_, (OrderState, u64, i64))| {
            let hour: i64 = hour;
            Hour { since: Timestamp(hour * HOUR_MS), state, orders, minor }
        };
        let held = |hold: &&souk_inventory::Hold| hold.state == souk_inventory::HoldState::Held;
        let paying = rows.orders.orders().filter(|order| order.state.is_open()).count();
        Ok(Figures {
            hours: hours.into_iter().map(hour).collect(),
            holding: rows.stock.holds().filter(held).count() as u64,
            paying: paying as u64,
        })
    }

    async fn low_stock(&self, most: i64, limit: usize) -> Result<Vec<Low>, PortError> {
        let rows = self.shop.rows();
        let low = |sku| {
            let levels = rows.stock.levels(sku);
            Low { sku, available: levels.iter().map(|l| l.level.available()).sum() }
        };
        let mut found: Vec<Low> =
            rows.stock.skus().map(low).filter(|low| low.available <= most).collect();
        found.sort_by_key(|low| (low.available, low.sku));
        found.truncate(limit);
        Ok(found)
    }

    async fn find_payments(&self, find: &FindPayments) -> Result<Vec<Payment>, PortError> {
        Ok(self.payments(find))
    }

    async fn find_refunds(&self, find: &FindRefunds) -> Result<Vec<Refund>, PortError> {
        Ok(self.refunds(find))
    }

    async fn find_customers(&self, find: &FindCustomers) -> Result<Vec<User>, PortError> {
        Ok(self.customers(find))
    }

    async fn find_reviews(&self, find: &FindReviews) -> Result<Vec<Review>, PortError> {
        Ok(self.find_reviews_of(find))
    }

    async fn find_returns(&self, find: &FindReturns) -> Result<Vec<Returned>, PortError> {
        Ok(self.returns(find))
    }

    async fn find_parcels(&self, find: &FindParcels) -> Result<Vec<Sent>, PortError> {
        Ok(self.parcels(find))
    }

    async fn parcel_tally(
        &self,
        seller: Option<SellerId>,
        now: Timestamp,
    ) -> Result<ParcelTally, PortError> {
        Ok(self.tally_parcels(seller, now))
    }

    async fn shortages(&self, limit: usize) -> Result<Vec<Short>, PortError> {
        Ok(self.short(limit))
    }

    async fn begun(&self, since: Timestamp, until: Timestamp) -> Result<Begun, PortError> {
        Ok(self.began(since, until))
    }

    async fn worth(&self) -> Result<Worth, PortError> {
        Ok(self.worth_a_look())
    }
}
