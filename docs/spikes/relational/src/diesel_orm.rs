//! Diesel: its query language, and its `sql_query`, which is never cached.

use crate::order::{Order, WAREHOUSE};
use crate::{Store, sql};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::{sql_query, update};

diesel::table! { hold (checkout) { checkout -> BigInt, checkout_id -> Binary, state -> Text,
    order_id -> Nullable<Binary>, deadline -> BigInt, lines -> Text, } }
diesel::table! { stock_entry (seq) { seq -> BigInt, sku -> BigInt, warehouse -> BigInt, kind -> Text,
    quantity -> BigInt, checkout -> Nullable<BigInt>, at -> BigInt, } }
diesel::table! { claim (seq) { seq -> BigInt, digest -> Binary, request -> Binary, subject -> Binary,
    at -> BigInt, } }
diesel::table! { orders (key) { key -> BigInt, id -> Binary, user -> Binary, checkout -> BigInt,
    checkout_id -> Binary, payment_id -> Binary, state -> Text, version -> BigInt,
    lease_owner -> Nullable<BigInt>, lease_until -> Nullable<BigInt>, currency -> Text, total -> BigInt,
    cart_version -> Nullable<BigInt>, deadline -> BigInt, answer -> Nullable<Text>, moves -> Text,
    created_at -> BigInt, } }
diesel::table! { order_content (key) { key -> BigInt, quote -> Text, ship_to -> Nullable<Text>, } }
diesel::table! { payment (key) { key -> BigInt, id -> Binary, order_id -> Binary, user -> Binary,
    minor -> BigInt, currency -> Text, method -> Text, state -> Text, gateway -> Text,
    gateway_ref -> Nullable<Text>, token -> Text, captured -> BigInt, refunded -> BigInt,
    refunding -> BigInt, action_url -> Nullable<Text>, reason -> Nullable<Text>, created_at -> BigInt,
    captured_at -> Nullable<BigInt>, } }
diesel::table! { outbox (seq) { seq -> BigInt, lane -> BigInt, aggregate -> Binary, number -> BigInt,
    kind -> Text, body -> Text, at -> BigInt, } }

type Hold = (Vec<u8>, String, Option<Vec<u8>>, i64, String);
type Work = fn(&mut SqliteConnection, &Order) -> QueryResult<()>;

struct Diesel(SqliteConnection, Work, Work);

pub fn dsl(path: &str) -> Box<dyn Store> {
    Box::new(Diesel(connect(path), begin, settle))
}

pub fn sql(path: &str) -> Box<dyn Store> {
    Box::new(Diesel(connect(path), begin_sql, settle_sql))
}

fn connect(path: &str) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(path).expect(path);
    conn.batch_execute(sql::PRAGMAS).expect("pragmas");
    conn.batch_execute(sql::SCHEMA).expect("schema");
    conn
}

impl Store for Diesel {
    fn commit(&mut self, begins: &[Order], settles: &[Order]) {
        let (begin, settle) = (self.1, self.2);
        let done = self.0.immediate_transaction(|db| {
            begins.iter().try_for_each(|o| begin(db, o))?;
            settles.iter().try_for_each(|o| settle(db, o))
        });
        done.expect("a commit");
    }
}

fn entries(db: &mut SqliteConnection, o: &Order, kind: &str, from: i64) -> QueryResult<()> {
    use stock_entry as s;
    for (i, sku) in (0..).zip(o.skus) {
        let row = (
            s::seq.eq(from + i), s::sku.eq(sku), s::warehouse.eq(WAREHOUSE), s::kind.eq(kind),
            s::quantity.eq(1), s::checkout.eq(o.checkout), s::at.eq(o.at),
        );
        diesel::insert_into(s::table).values(row).execute(db)?;
    }
    Ok(())
}

fn find_hold(db: &mut SqliteConnection, checkout: i64) -> QueryResult<Option<Hold>> {
    let columns = (hold::checkout_id, hold::state, hold::order_id, hold::deadline, hold::lines);
    hold::table.find(checkout).select(columns).first(db).optional()
}

fn begin(db: &mut SqliteConnection, o: &Order) -> QueryResult<()> {
    assert!(find_hold(db, o.checkout)?.is_none());
    let deadline = o.at + sql::DEADLINE_MS;
    let row = (
        hold::checkout.eq(o.checkout), hold::checkout_id.eq(&o.checkout_id[..]), hold::state.eq("paying"),
        hold::order_id.eq(&o.id[..]), hold::deadline.eq(deadline), hold::lines.eq(&o.hold_lines),
    );
    diesel::insert_into(hold::table).values(row).execute(db)?;
    entries(db, o, "hold", 4 * o.n)?;
    let row = (
        claim::seq.eq(o.n), claim::digest.eq(&o.digest[..]), claim::request.eq(&o.request[..]),
        claim::subject.eq(&o.id[..]), claim::at.eq(o.at),
    );
    diesel::insert_into(claim::table).values(row).execute(db)?;
    use orders as t;
    let row = (
        t::key.eq(o.key), t::id.eq(&o.id[..]), t::user.eq(&o.user[..]), t::checkout.eq(o.checkout),
        t::checkout_id.eq(&o.checkout_id[..]), t::payment_id.eq(&o.payment_id[..]),
        t::state.eq("payment_pending"), t::version.eq(2), t::lease_owner.eq(1), t::lease_until.eq(o.at),
        t::currency.eq("EUR"), t::total.eq(25_980), t::cart_version.eq(None::<i64>),
        t::deadline.eq(deadline), t::moves.eq(&o.moves), t::created_at.eq(o.at),
    );
    diesel::insert_into(t::table).values(row).execute(db)?;
    use order_content as c;
    let row = (c::key.eq(o.key), c::quote.eq(&o.quote), c::ship_to.eq(&o.ship_to));
    diesel::insert_into(c::table).values(row).execute(db)?;
    use payment as p;
    let row = (
        p::key.eq(o.payment), p::id.eq(&o.payment_id[..]), p::order_id.eq(&o.id[..]),
        p::user.eq(&o.user[..]), p::minor.eq(25_980), p::currency.eq("EUR"), p::method.eq("card"),
        p::state.eq("authorizing"), p::gateway.eq("sandbox"), p::token.eq("tok_approve"),
        p::captured.eq(0), p::refunded.eq(0), p::refunding.eq(0), p::created_at.eq(o.at),
    );
    diesel::insert_into(p::table).values(row).execute(db)?;
    Ok(())
}

fn settle(db: &mut SqliteConnection, o: &Order) -> QueryResult<()> {
    let order = orders::table.find(o.key).filter(orders::id.eq(&o.id[..]));
    let found: (i64, String) = order.select((orders::version, orders::state)).first(db)?;
    assert_eq!((found.0, &*found.1), (2, "payment_pending"));
    assert!(find_hold(db, o.checkout)?.is_some_and(|h| h.1 == "paying"));
    let live = payment::state.eq("authorizing").or(payment::state.eq("requires_action"));
    update(payment::table.find(o.payment).filter(payment::id.eq(&o.payment_id[..])).filter(live))
        .set((
            payment::state.eq("authorized"), payment::gateway_ref.eq(sql::GATEWAY_REF),
            payment::action_url.eq(None::<&str>), payment::reason.eq(None::<&str>),
        ))
        .execute(db)?;
    update(hold::table.find(o.checkout))
        .set((hold::state.eq("committed"), hold::order_id.eq(&o.id[..])))
        .execute(db)?;
    entries(db, o, "commit", 4 * o.n + 2)?;
    update(orders::table.find(o.key))
        .set((
            orders::state.eq("confirmed"), orders::version.eq(orders::version + 1),
            orders::lease_owner.eq(None::<i64>), orders::lease_until.eq(None::<i64>),
            orders::answer.eq(sql::CONFIRMED), orders::moves.eq(orders::moves.concat(&o.confirmed)),
        ))
        .execute(db)?;
    use outbox as f;
    let row = (
        f::lane.eq(o.n % 64), f::aggregate.eq(&o.id[..]), f::number.eq(3),
        f::kind.eq("order.confirmed"), f::body.eq(&o.body), f::at.eq(o.at),
    );
    diesel::insert_into(f::table).values(row).execute(db)?;
    Ok(())
}

macro_rules! run { ($db:expr, $sql:expr $(, $ty:ty = $value:expr)*) => {
    sql_query($sql)$(.bind::<$ty, _>($value))*.execute($db)?
} }

fn entries_sql(db: &mut SqliteConnection, o: &Order, kind: &str, from: i64) -> QueryResult<()> {
    for (i, sku) in (0..).zip(o.skus) {
        run!(db, sql::ENTRY, BigInt = from + i, BigInt = sku, BigInt = WAREHOUSE, Text = kind,
            BigInt = 1, BigInt = o.checkout, BigInt = o.at);
    }
    Ok(())
}

fn begin_sql(db: &mut SqliteConnection, o: &Order) -> QueryResult<()> {
    assert!(find_hold(db, o.checkout)?.is_none());
    let deadline = o.at + sql::DEADLINE_MS;
    run!(db, sql::PUT_HOLD, BigInt = o.checkout, Binary = &o.checkout_id[..], Text = "paying",
        Binary = &o.id[..], BigInt = deadline, Text = &o.hold_lines);
    entries_sql(db, o, "hold", 4 * o.n)?;
    run!(db, sql::CLAIM, BigInt = o.n, Binary = &o.digest[..], Binary = &o.request[..],
        Binary = &o.id[..], BigInt = o.at);
    run!(db, sql::ORDER, BigInt = o.key, Binary = &o.id[..], Binary = &o.user[..], BigInt = o.checkout,
        Binary = &o.checkout_id[..], Binary = &o.payment_id[..], Text = "payment_pending", BigInt = 2,
        BigInt = 1, BigInt = o.at, Text = "EUR", BigInt = 25_980, Nullable<BigInt> = None::<i64>,
        BigInt = deadline, Text = &o.moves, BigInt = o.at);
    run!(db, sql::CONTENT, BigInt = o.key, Text = &o.quote, Text = &o.ship_to);
    run!(db, sql::PAYMENT, BigInt = o.payment, Binary = &o.payment_id[..], Binary = &o.id[..],
        Binary = &o.user[..], BigInt = 25_980, Text = "EUR", Text = "card", Text = "sandbox",
        Text = "tok_approve", BigInt = o.at);
    Ok(())
}

fn settle_sql(db: &mut SqliteConnection, o: &Order) -> QueryResult<()> {
    let order = orders::table.find(o.key).filter(orders::id.eq(&o.id[..]));
    let found: (i64, String) = order.select((orders::version, orders::state)).first(db)?;
    assert_eq!((found.0, &*found.1), (2, "payment_pending"));
    assert!(find_hold(db, o.checkout)?.is_some_and(|h| h.1 == "paying"));
    run!(db, sql::PAY, BigInt = o.payment, Text = "authorized", Text = sql::GATEWAY_REF,
        Nullable<Text> = None::<&str>, Nullable<Text> = None::<&str>, Binary = &o.payment_id[..]);
    run!(db, sql::MOVE_HOLD, BigInt = o.checkout, Text = "committed", Binary = &o.id[..]);
    entries_sql(db, o, "commit", 4 * o.n + 2)?;
    run!(db, sql::MOVE_ORDER, BigInt = o.key, Text = "confirmed", Nullable<BigInt> = None::<i64>,
        Nullable<BigInt> = None::<i64>, Text = sql::CONFIRMED, Text = &o.confirmed);
    run!(db, sql::FACT, BigInt = o.n % 64, Binary = &o.id[..], BigInt = 3, Text = "order.confirmed",
        Text = &o.body, BigInt = o.at);
    Ok(())
}
