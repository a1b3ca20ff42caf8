//! What is done to a shelf: receive, transfer, adjust by a delta, count as compare-and-set: "set to N" carries
//! the number that was seen, and is refused when it has changed. Each is one step with its line in the
//! audit; a form that is posted twice is carried out once.

use crate::form::{Fields, Form, form_key};
use crate::guard::Me;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_inventory::{StockIntent, StockRefusal};
use souk_kernel::{Sku, WarehouseId};
use souk_staff::{Act, Change, ChangeError, ChangeRefusal, FormKey, Permission};
use souk_webkit::{Problem, see_other};

/// Nobody moves more in one go.
const MOST: i64 = 1_000_000;

fn whole(fields: &Fields, name: &'static str) -> Result<i64, Problem> {
    let number: Option<i64> = fields.text(name).parse().ok();
    let wrong = || Problem::invalid("number_invalid", format!("{name}: enter a whole number."));
    number.filter(|number| number.abs() <= MOST).ok_or_else(wrong)
}

fn pieces(fields: &Fields) -> Result<u32, Problem> {
    let wrong = || Problem::invalid("number_invalid", "quantity: enter how many, at least 1.");
    let number = whole(fields, "quantity")?;
    u32::try_from(number).ok().filter(|number| *number > 0).ok_or_else(wrong)
}

fn shelf(text: &str) -> Result<Sku, Problem> {
    text.parse().map_err(|_| Problem::not_found("There is no such shelf."))
}

/// A warehouse of this shop.
fn warehouse(app: &App, fields: &Fields, name: &str) -> Result<WarehouseId, Problem> {
    let missing = || Problem::not_found("There is no such warehouse.");
    fields.text(name).parse().map_err(|_| missing()).and_then(|id: WarehouseId| {
        let known = app.shop.warehouses.iter().any(|(known, _)| *known == id);
        if known || name == "warehouse" { Ok(id) } else { Err(missing()) }
    })
}

async fn carry_out(
    app: &App,
    me: &Me,
    (intent, form): (StockIntent, Option<FormKey>),
    act: Act,
) -> Result<(), Problem> {
    let change = (Change::Stock(intent), form);
    match app.staff.change_once(&me.member, Permission::ChangeStock, change, act).await {
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

fn act(name: &'static str, sku: Sku, detail: String) -> Act {
    Act { name, subject: sku.to_string(), detail: detail.trim_end().to_owned() }
}

fn why(fields: &Fields) -> String {
    fields.text("why").chars().take(200).collect()
}

fn done(sku: Sku, what: &str) -> Result<Response, Problem> {
    see_other(&format!("/admin/stock/{sku}?done={what}"))
}

pub(crate) async fn receive(
    State(app): State<App>,
    me: Me,
    Path(sku): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (sku, form) = (shelf(&sku)?, form_key(&fields)?);
    if app.catalog.offers(&[sku]).await?.pop().flatten().is_none() {
        return Err(Problem::not_found("There is no such SKU."));
    }
    let (warehouse, quantity) = (warehouse(&app, &fields, "warehouse")?, pieces(&fields)?);
    let at = app.warehouse(warehouse);
    let act = act("stock.receive", sku, format!("{quantity} at {at} {}", why(&fields)));
    let intent = StockIntent::Receive { sku, warehouse, quantity };
    carry_out(&app, &me, (intent, Some(form)), act).await?;
    done(sku, "received")
}

pub(crate) async fn transfer(
    State(app): State<App>,
    me: Me,
    Path(sku): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (sku, form, quantity) = (shelf(&sku)?, form_key(&fields)?, pieces(&fields)?);
    let (from, to) = (warehouse(&app, &fields, "warehouse")?, warehouse(&app, &fields, "to")?);
    let way = format!("{quantity} from {} to {}", app.warehouse(from), app.warehouse(to));
    let intent = StockIntent::Transfer { sku, from, to, quantity };
    carry_out(&app, &me, (intent, Some(form)), act("stock.transfer", sku, way)).await?;
    done(sku, "transferred")
}

pub(crate) async fn adjust(
    State(app): State<App>,
    me: Me,
    Path(sku): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (sku, form) = (shelf(&sku)?, form_key(&fields)?);
    let (warehouse, delta) = (warehouse(&app, &fields, "warehouse")?, whole(&fields, "delta")?);
    let act = act("stock.adjust", sku, format!("{delta:+} {}", why(&fields)));
    let intent = StockIntent::Adjust { sku, warehouse, delta };
    carry_out(&app, &me, (intent, Some(form)), act).await?;
    done(sku, "adjusted")
}

/// Carries its own guard against a second press: the number that was seen.
pub(crate) async fn count(
    State(app): State<App>,
    me: Me,
    Path(sku): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (sku, warehouse) = (shelf(&sku)?, warehouse(&app, &fields, "warehouse")?);
    let (expected, counted) = (whole(&fields, "expected")?, whole(&fields, "counted")?);
    let act = act("stock.count", sku, format!("{expected} -> {counted}"));
    let intent = StockIntent::Count { sku, warehouse, expected, counted };
    carry_out(&app, &me, (intent, None), act).await?;
    done(sku, "counted")
}
