//! sqlx on SQLite: one connection, which is a thread of its own behind a channel; statements cached.

use crate::order::{Order, WAREHOUSE};
use crate::{Store, sql};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row, query};
use tokio::runtime::Runtime;

struct Sqlx(Runtime, SqliteConnection);

pub fn open(path: &str) -> Box<dyn Store> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let conn = runtime.block_on(async {
        let mut conn = SqliteConnection::connect_with(&options).await.expect(path);
        sqlx::raw_sql(sql::PRAGMAS).execute(&mut conn).await.expect("pragmas");
        sqlx::raw_sql(sql::SCHEMA).execute(&mut conn).await.expect("schema");
        conn
    });
    Box::new(Sqlx(runtime, conn))
}

impl Store for Sqlx {
    fn commit(&mut self, begins: &[Order], settles: &[Order]) {
        let conn = &mut self.1;
        self.0.block_on(async {
            let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.expect("begin");
            for o in begins {
                begin(&mut tx, o).await.expect("a begin");
            }
            for o in settles {
                settle(&mut tx, o).await.expect("a settle");
            }
            tx.commit().await.expect("commit");
        });
    }
}

async fn entries(db: &mut SqliteConnection, o: &Order, kind: &str, from: i64) -> sqlx::Result<()> {
    for (i, sku) in (0..).zip(o.skus) {
        let entry = query(sql::ENTRY).bind(from + i).bind(sku).bind(WAREHOUSE).bind(kind).bind(1);
        entry.bind(o.checkout).bind(o.at).execute(&mut *db).await?;
    }
    Ok(())
}

async fn begin(db: &mut SqliteConnection, o: &Order) -> sqlx::Result<()> {
    assert!(query(sql::FIND_HOLD).bind(o.checkout).fetch_optional(&mut *db).await?.is_none());
    let deadline = o.at + sql::DEADLINE_MS;
    let hold = query(sql::PUT_HOLD).bind(o.checkout).bind(&o.checkout_id[..]).bind("paying");
    hold.bind(&o.id[..]).bind(deadline).bind(&o.hold_lines).execute(&mut *db).await?;
    entries(db, o, "hold", 4 * o.n).await?;
    let claim = query(sql::CLAIM).bind(o.n).bind(&o.digest[..]).bind(&o.request[..]);
    claim.bind(&o.id[..]).bind(o.at).execute(&mut *db).await?;
    let order = query(sql::ORDER).bind(o.key).bind(&o.id[..]).bind(&o.user[..]).bind(o.checkout);
    let order = order.bind(&o.checkout_id[..]).bind(&o.payment_id[..]).bind("payment_pending");
    let order = order.bind(2).bind(1).bind(o.at).bind("EUR").bind(25_980).bind(None::<i64>);
    order.bind(deadline).bind(&o.moves).bind(o.at).execute(&mut *db).await?;
    let content = query(sql::CONTENT).bind(o.key).bind(&o.quote).bind(&o.ship_to);
    content.execute(&mut *db).await?;
    let pay = query(sql::PAYMENT).bind(o.payment).bind(&o.payment_id[..]).bind(&o.id[..]);
    let pay = pay.bind(&o.user[..]).bind(25_980).bind("EUR").bind("card").bind("sandbox");
    pay.bind("tok_approve").bind(o.at).execute(&mut *db).await?;
    Ok(())
}

async fn settle(db: &mut SqliteConnection, o: &Order) -> sqlx::Result<()> {
    let found = query(sql::FIND_ORDER).bind(o.key).bind(&o.id[..]).fetch_one(&mut *db).await?;
    assert_eq!((found.get::<i64, _>(0), found.get::<&str, _>(1)), (2, "payment_pending"));
    let hold = query(sql::FIND_HOLD).bind(o.checkout).fetch_one(&mut *db).await?;
    assert_eq!((hold.get::<&str, _>(1), hold.get::<&str, _>(4)), ("paying", &*o.hold_lines));
    let pay = query(sql::PAY).bind(o.payment).bind("authorized").bind(sql::GATEWAY_REF);
    let pay = pay.bind(None::<&str>).bind(None::<&str>).bind(&o.payment_id[..]);
    pay.execute(&mut *db).await?;
    let hold = query(sql::MOVE_HOLD).bind(o.checkout).bind("committed").bind(&o.id[..]);
    hold.execute(&mut *db).await?;
    entries(db, o, "commit", 4 * o.n + 2).await?;
    let order = query(sql::MOVE_ORDER).bind(o.key).bind("confirmed").bind(None::<i64>);
    let order = order.bind(None::<i64>).bind(sql::CONFIRMED).bind(&o.confirmed);
    order.execute(&mut *db).await?;
    let fact = query(sql::FACT).bind(o.n % 64).bind(&o.id[..]).bind(3).bind("order.confirmed");
    fact.bind(&o.body).bind(o.at).execute(&mut *db).await?;
    Ok(())
}
