//! `POST /admin/stock/{sku}/adjust` by a delta, `/count` as compare-and-set: "set to N" carries the number
//! that was seen, and is refused when it has changed. Each is one step with its line in the audit.

use crate::form::{Fields, Form};
use crate::guard::Me;
use crate::render::see_other;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_inventory::{StockIntent, StockRefusal};
use souk_kernel::{Sku, WarehouseId};
use souk_staff::{Act, Change, ChangeError, ChangeRefusal, Permission};
use souk_webkit::Problem;

/// Nobody adjusts by more in one go.
const MOST: i64 = 1_000_000;

fn whole(fields: &Fields, name: &'static str) -> Result<i64, Problem> {
    let number: Option<i64> = fields.text(name).parse().ok();
    let wrong = || Problem::invalid("number_invalid", format!("{name}: enter a whole number."));
    number.filter(|number| number.abs() <= MOST).ok_or_else(wrong)
}

fn place(sku: &str, fields: &Fields) -> Result<(Sku, WarehouseId), Problem> {
    let missing = || Problem::not_found("There is no such shelf.");
    let sku = sku.parse().map_err(|_| missing())?;
    let warehouse = fields.text("warehouse").parse().map_err(|_| missing())?;
    Ok((sku, warehouse))
}

async fn carry_out(app: &App, me: &Me, intent: StockIntent, act: Act) -> Result<(), Problem> {
    let change = Change::Stock(intent);
    match app.staff.change(&me.member, Permission::ChangeStock, change, act).await {
        Ok(_) => Ok(()),
        Err(ChangeError::Refused(ChangeRefusal::Stock(StockRefusal::CountChanged { on_hand }))) => {
            let says = format!(
                "Somebody changed the shelf meanwhile: {on_hand} on hand now. Nothing was written; \
                 look again, then count again."
            );
            Err(Problem::new(axum::http::StatusCode::CONFLICT, "count_changed", says))
        }
        Err(other) => Err(other.into()),
    }
}

pub(crate) async fn adjust(
    State(app): State<App>,
    me: Me,
    Path(sku): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (sku, warehouse) = place(&sku, &fields)?;
    let delta = whole(&fields, "delta")?;
    let why: String = fields.text("why").chars().take(200).collect();
    let act =
        Act { name: "stock.adjust", subject: sku.to_string(), detail: format!("{delta:+} {why}") };
    carry_out(&app, &me, StockIntent::Adjust { sku, warehouse, delta }, act).await?;
    see_other(&format!("/admin/stock/{sku}?done=adjusted"))
}

pub(crate) async fn count(
    State(app): State<App>,
    me: Me,
    Path(sku): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (sku, warehouse) = place(&sku, &fields)?;
    let (expected, counted) = (whole(&fields, "expected")?, whole(&fields, "counted")?);
    let detail = format!("{expected} -> {counted}");
    let act = Act { name: "stock.count", subject: sku.to_string(), detail };
    let intent = StockIntent::Count { sku, warehouse, expected, counted };
    carry_out(&app, &me, intent, act).await?;
    see_other(&format!("/admin/stock/{sku}?done=counted"))
}
