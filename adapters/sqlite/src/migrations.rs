//! The schema, as a list of steps that only ever grows.

use crate::store::sql_error;
use rusqlite::Connection;
use souk_kernel::{PortError, Timestamp};

/// Applied in this order, each once, each in a transaction of its own. Never edit one that has
/// shipped: add the next.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_purchase", include_str!("../migrations/0001_purchase.sql")),
    ("0002_catalog", include_str!("../migrations/0002_catalog.sql")),
    ("0003_accounts", include_str!("../migrations/0003_accounts.sql")),
    ("0004_cart", include_str!("../migrations/0004_cart.sql")),
    ("0005_notifications", include_str!("../migrations/0005_notifications.sql")),
    ("0006_webhook_inbox", include_str!("../migrations/0006_webhook_inbox.sql")),
    ("0007_behaviour", include_str!("../migrations/0007_behaviour.sql")),
    ("0008_staff", include_str!("../migrations/0008_staff.sql")),
    ("0009_reviews", include_str!("../migrations/0009_reviews.sql")),
    ("0010_fulfillment", include_str!("../migrations/0010_fulfillment.sql")),
    ("0011_sessions_of_a_user", include_str!("../migrations/0011_sessions_of_a_user.sql")),
    ("0012_sellers", include_str!("../migrations/0012_sellers.sql")),
    ("0013_transfers", include_str!("../migrations/0013_transfers.sql")),
    ("0014_address_book", include_str!("../migrations/0014_address_book.sql")),
    ("0015_personal_mail", include_str!("../migrations/0015_personal_mail.sql")),
    ("0016_account_life", include_str!("../migrations/0016_account_life.sql")),
    ("0017_staff_desk", include_str!("../migrations/0017_staff_desk.sql")),
    ("0018_insights", include_str!("../migrations/0018_insights.sql")),
    ("0019_lists", include_str!("../migrations/0019_lists.sql")),
    ("0020_second_factor", include_str!("../migrations/0020_second_factor.sql")),
    ("0021_session_device", include_str!("../migrations/0021_session_device.sql")),
    ("0022_invoices", include_str!("../migrations/0022_invoices.sql")),
    ("0023_saved_methods", include_str!("../migrations/0023_saved_methods.sql")),
    ("0024_refund_lists", include_str!("../migrations/0024_refund_lists.sql")),
    ("0025_waiting_transfers", include_str!("../migrations/0025_waiting_transfers.sql")),
    ("0026_category_order", include_str!("../migrations/0026_category_order.sql")),
    ("0027_parcel_speed", include_str!("../migrations/0027_parcel_speed.sql")),
    ("0028_parcel_list", include_str!("../migrations/0028_parcel_list.sql")),
    ("0029_erasures_stay", include_str!("../migrations/0029_erasures_stay.sql")),
    ("0030_hidden_products", include_str!("../migrations/0030_hidden_products.sql")),
    ("0031_desk_finds", include_str!("../migrations/0031_desk_finds.sql")),
    ("0032_left_behind", include_str!("../migrations/0032_left_behind.sql")),
    ("0033_one_key_one_order", include_str!("../migrations/0033_one_key_one_order.sql")),
    ("0034_review_trust", include_str!("../migrations/0034_review_trust.sql")),
];

/// Brings the schema up to date.
pub(crate) fn apply(conn: &Connection, now: Timestamp) -> Result<(), PortError> {
    let sql = |e: rusqlite::Error| sql_error(&e);
    conn.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
           name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL
         ) WITHOUT ROWID, STRICT",
    )
    .map_err(sql)?;
    for (name, text) in MIGRATIONS {
        let seen: bool = conn
            .query_row("SELECT EXISTS (SELECT 1 FROM migration WHERE name = ?1)", [name], |r| {
                r.get(0)
            })
            .map_err(sql)?;
        if seen {
            continue;
        }
        let step = || {
            conn.execute_batch("BEGIN IMMEDIATE")?;
            conn.execute_batch(text)?;
            conn.execute("INSERT INTO migration VALUES (?1, ?2)", (name, now.0))?;
            conn.execute_batch("COMMIT")
        };
        step().map_err(|e| {
            let _ = conn.execute_batch("ROLLBACK");
            PortError::Corrupt(format!("migration {name}: {e}"))
        })?;
    }
    Ok(())
}
