//! What the tables and the reconciler say.

use super::{Offer, Shop, wait_for};

impl Shop {
    /// Everything that the shop has on disk as rows: each with its table's name and its texts.
    pub fn rows_of_all_tables(&self) -> Vec<String> {
        let db = self.db();
        let mut tables = db
            .prepare(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            )
            .unwrap();
        let names: Vec<String> =
            tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut all = Vec::new();
        for name in names {
            let mut select = db.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
            let width = select.column_count();
            let mut found = select.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let mut texts = name.clone();
                for at in 0..width {
                    use rusqlite::types::ValueRef::{Blob, Text};
                    if let Text(bytes) | Blob(bytes) = row.get_ref(at).unwrap() {
                        texts.push('|');
                        texts.push_str(&String::from_utf8_lossy(bytes));
                    }
                }
                all.push(texts);
            }
        }
        all
    }

    /// Orders that are bought.
    pub fn confirmed(&self) -> i64 {
        self.number("SELECT count(*) FROM orders WHERE state = 'confirmed'")
    }

    /// Checkouts that hold stock which they have not bought.
    pub fn open_holds(&self) -> i64 {
        self.number("SELECT count(*) FROM hold WHERE state IN ('held', 'paying')")
    }

    /// Mails of a kind.
    pub fn mails(&self, kind: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM mail WHERE kind = '{kind}'"))
    }

    /// Mails of any kind.
    pub fn all_mails(&self) -> i64 {
        self.number("SELECT count(*) FROM mail")
    }

    /// Orders that were begun, however they ended.
    pub fn orders_begun(&self) -> i64 {
        self.number("SELECT count(*) FROM orders")
    }

    /// The order that pays a checkout, as soon as there is one.
    pub fn order_of(&self, checkout: &str) -> Option<String> {
        let hex = checkout.replace('-', "");
        let find = format!("SELECT hex(id) FROM orders WHERE hex(checkout_id) = upper('{hex}')");
        let found = self.db().query_row(&find, [], |row| row.get::<_, String>(0)).ok();
        found.map(|hex| super::server::dashed(&hex))
    }

    /// Pieces that the ledger tells of, by the kind of its lines.
    pub fn posted(&self, offer: &Offer, kind: &str) -> i64 {
        let sql = "SELECT coalesce(sum(quantity), 0) FROM stock_entry";
        self.number(&format!("{sql} WHERE sku = {} AND kind = '{kind}'", offer.key))
    }

    /// The most that was set aside in any one warehouse.
    pub fn most_held(&self, offer: &Offer) -> i64 {
        let sku = offer.key;
        self.number(&format!(
            "SELECT coalesce(max(held), 0) FROM (SELECT sum(quantity) AS held FROM stock_entry
               WHERE sku = {sku} AND kind = 'hold' GROUP BY warehouse)"
        ))
    }

    /// Minor units that were given back, as the shop has booked them; none is under way.
    pub fn refunded(&self) -> i64 {
        self.number("SELECT coalesce(sum(refunded), 0) FROM payment WHERE refunding = 0")
    }

    /// Refunds that the gateway has not confirmed.
    pub fn open_refunds(&self) -> i64 {
        self.number("SELECT count(*) FROM refund WHERE state = 'reserved'")
    }

    /// The kept copies of a message: how each stands, and how often it was tried.
    pub fn message(&self, event: &str) -> Vec<(String, u32)> {
        let conn = self.db();
        let mut find =
            conn.prepare("SELECT state, tries FROM webhook_inbox WHERE event = ?1").unwrap();
        let rows = find.query_map([event], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// Waits until nothing is on its way: no fact, no open order, no refund.
    pub fn comes_to_rest(&self) {
        wait_for("the shop to come to rest", || {
            let sql = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM orders
                         WHERE state IN ('created', 'payment_pending') AND answer IS NULL)";
            (self.number(sql) == 0).then_some(())
        });
    }

    /// Waits until nothing is on its way, then: every invariant holds, the ledger is the stock, an
    /// order is charged once.
    #[track_caller]
    pub fn is_sound(&self) {
        self.comes_to_rest();
        let record = self.dir.join("sandbox/record.jsonl");
        let db = self.dir.join("souk.db");
        let options = souk_reconcile::Options::default();
        let report = souk_reconcile::reconcile(&db, Some(&record), &options).unwrap();
        assert!(report.is_clean(), "{report}");
        let twice = "SELECT count(*) FROM (SELECT checkout FROM orders WHERE state NOT IN
                       ('payment_failed', 'cancelled') GROUP BY checkout HAVING count(*) > 1)";
        assert_eq!(self.number(twice), 0, "a checkout was bought twice");
        let below = "SELECT count(*) FROM (SELECT sum(CASE kind
                         WHEN 'receive' THEN quantity WHEN 'adjust' THEN quantity
                         WHEN 'restock' THEN quantity WHEN 'hold' THEN -quantity
                         WHEN 'release' THEN quantity ELSE 0 END) AS free
                       FROM stock_entry GROUP BY sku, warehouse) WHERE free < 0";
        assert_eq!(self.number(below), 0, "more was held than there was");
    }
}
