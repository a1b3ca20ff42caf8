//! `GET /admin/parcels`: by what is to be done, the most urgent first; the shop's own unless all are asked for.

use super::names;
use crate::csv;
use crate::form::{Fields, Query};
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Choice, Head, Tab};
use crate::state::App;
use crate::words::{Pill, day, moment, parcel};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::HOUSE_SELLER;
use souk_fulfillment::ParcelStage;
use souk_kernel::{OrderId, SellerId, Timestamp, WarehouseId};
use souk_orders::{Order, OrderNumber};
use souk_staff::{FindParcels, ParcelPlace, ParcelTally, Permission, Sent, rules};
use souk_webkit::Problem;

const PARCELS: List<'static> =
    List { path: "/admin/parcels", filters: &["stage", "whose", "warehouse", "late"] };

const TABS: [(&str, ParcelStage); 7] = [
    ("To pack", ParcelStage::ToPack),
    ("To ship", ParcelStage::ToShip),
    ("On the way", ParcelStage::Travelling),
    ("Failed", ParcelStage::Failed),
    ("Delivered", ParcelStage::Delivered),
    ("Back or lost", ParcelStage::Undelivered),
    ("Called off", ParcelStage::CalledOff),
];

/// What became of something that was done to several, and what was typed: shown again, nothing is lost.
#[derive(Default)]
pub(super) struct Outcome<'a> {
    pub status: StatusCode,
    pub typed: Option<&'a Fields>,
    pub faults: Vec<String>,
    pub done: String,
}

#[derive(Serialize)]
struct View {
    tabs: Vec<Tab>,
    stage: &'static str,
    whose: String,
    whoses: Vec<Choice>,
    warehouse: String,
    warehouses: Vec<Choice>,
    late: String,
    lates: Vec<Choice>,
    after: String,
    parcels: Vec<Row>,
    pager: Pager,
    filtered: bool,
    others: bool,
    /// Whether they are in several states.
    mixed: bool,
    people: bool,
    /// What can be done to several.
    can_pack: bool,
    can_ship: bool,
    can_deliver: bool,
    carrier: String,
    faults: Vec<String>,
    done: String,
}

#[derive(Serialize)]
struct Row {
    href: String,
    /// Of its field: `order.no`.
    id: String,
    number: String,
    no: u16,
    state: Pill,
    what: String,
    pieces: u32,
    to: String,
    warehouse: String,
    seller: String,
    awaited: String,
    late: bool,
    tracking: String,
    can_choose: bool,
    chosen: bool,
    typed: String,
}

/// What the address asks for.
struct Asked {
    stage: ParcelStage,
    /// `None`: everybody's.
    seller: Option<SellerId>,
    warehouse: Option<WarehouseId>,
    late: bool,
    after: Option<ParcelPlace>,
}

fn place(text: &str) -> Option<ParcelPlace> {
    let mut parts = text.splitn(3, '.');
    let mut next = || parts.next();
    let (at, key, no) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
    Some((Timestamp(at), key, no))
}

impl Asked {
    fn of(fields: &Fields) -> Self {
        Self {
            stage: ParcelStage::from_name(fields.get("stage")).unwrap_or(ParcelStage::ToPack),
            seller: match fields.get("whose") {
                "all" => None,
                one => Some(one.parse().unwrap_or(HOUSE_SELLER)),
            },
            warehouse: fields.text("warehouse").parse().ok(),
            late: fields.get("late") == "yes",
            after: place(fields.get("after")),
        }
    }
}

/// `GET /admin/parcels`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let done = match fields.get("done") {
        "" => String::new(),
        says => says.chars().take(60).filter(|c| c.is_alphanumeric() || *c == ' ').collect(),
    };
    page(&app, &me, &fields, Outcome { done, ..Outcome::default() }).await
}

/// The address of the list that these fields are of.
pub(super) fn address(fields: &Fields, done: &str) -> String {
    let list =
        List { path: PARCELS.path, filters: &["stage", "whose", "warehouse", "late", "after"] };
    list.with(fields, "done", done)
}

/// The list, with what became of something that was done to several of it.
pub(super) async fn page(
    app: &App,
    me: &Me,
    fields: &Fields,
    outcome: Outcome<'_>,
) -> Result<Response, Problem> {
    let (asked, now) = (Asked::of(fields), app.clock.now());
    let find = FindParcels {
        stage: asked.stage,
        seller: asked.seller,
        warehouse: asked.warehouse,
        awaited_before: asked.late.then_some(now),
        after: asked.after,
        limit: list::reach(fields),
    };
    let mut found = app.desk.find_parcels(&find).await?;
    if list::as_file(fields) {
        return file(app, &found).await;
    }
    let place = |sent: &Sent| {
        let (at, key, no) = sent.place();
        format!("{}.{key}.{no}", at.0)
    };
    let next = list::cut(&mut found, place);
    let tally = app.desk.parcel_tally(asked.seller, now).await?;
    let parcels = rows(app, me, &found, (&asked, &outcome, now)).await?;
    let status = outcome.status;
    let view = lay_out(app, me, (fields, &asked), (parcels, next, &tally), outcome);
    let head = Head::of("/admin/parcels", "Parcels");
    let text = render::text(app, Some(me), ("parcels.html", &head), &view)?;
    render::respond(status, text)
}

fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    let choice = |(value, title): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        title: (*title).to_owned(),
    };
    pairs.iter().map(choice).collect()
}

fn lay_out(
    app: &App,
    me: &Me,
    (fields, asked): (&Fields, &Asked),
    (parcels, next, tally): (Vec<Row>, Option<String>, &ParcelTally),
    outcome: Outcome<'_>,
) -> View {
    let tab = |(title, stage): (&str, ParcelStage)| {
        let count = match stage {
            ParcelStage::ToPack => tally.to_pack,
            ParcelStage::ToShip => tally.to_ship,
            ParcelStage::Travelling => tally.travelling,
            ParcelStage::Failed => tally.failed,
            _ => 0,
        };
        let count = if count > 0 { format!(" {count}") } else { String::new() };
        Tab {
            title: format!("{title}{count}"),
            href: PARCELS.with(fields, "stage", stage.name()),
            here: stage == asked.stage,
        }
    };
    let mut whoses = choices(&[("", "The shop's own"), ("all", "Everybody's")]);
    let whose = fields.text("whose");
    if asked.seller.is_some_and(|seller| !rules::packs(seller)) {
        whoses.push(Choice { value: whose.clone(), title: "One seller's".to_owned() });
    }
    let mut warehouses = choices(&[("", "Every warehouse")]);
    let known = app.shop.warehouses.iter();
    warehouses
        .extend(known.map(|(id, name)| Choice { value: id.to_string(), title: name.clone() }));
    let may = me.may(Permission::ShipParcels) && parcels.iter().any(|row| row.can_choose);
    let stage = asked.stage;
    View {
        tabs: TABS.map(tab).into(),
        stage: stage.name(),
        whose,
        whoses,
        warehouse: fields.text("warehouse"),
        warehouses,
        late: fields.text("late"),
        lates: choices(&[("", "Early and late"), ("yes", "Late only")]),
        after: fields.text("after"),
        parcels,
        pager: PARCELS.pager(fields, next),
        filtered: asked.late || asked.warehouse.is_some(),
        others: asked.seller != Some(HOUSE_SELLER),
        mixed: matches!(stage, ParcelStage::Travelling | ParcelStage::Undelivered),
        people: me.may(Permission::SeeCustomers),
        can_pack: may && stage == ParcelStage::ToPack,
        can_ship: may && matches!(stage, ParcelStage::ToPack | ParcelStage::ToShip),
        can_deliver: may && stage == ParcelStage::Travelling,
        carrier: outcome.typed.map(|typed| typed.text("carrier")).unwrap_or_default(),
        faults: outcome.faults,
        done: outcome.done,
    }
}

/// The list, laid out with the titles and the addresses of its orders.
async fn rows(
    app: &App,
    me: &Me,
    found: &[Sent],
    (asked, outcome, now): (&Asked, &Outcome<'_>, Timestamp),
) -> Result<Vec<Row>, Problem> {
    let ids: Vec<OrderId> = found.iter().map(|sent| sent.order).collect();
    let orders = app.saga.orders().orders(&ids).await?;
    let sellers: Vec<SellerId> = found.iter().map(|sent| sent.parcel.seller).collect();
    let sellers = names(app, &sellers).await?;
    let may = me.may(Permission::ShipParcels);
    let people = me.may(Permission::SeeCustomers);
    let row = |((sent, order), seller): ((&Sent, &Option<Order>), String)| {
        let id = format!("{}.{}", sent.order, sent.parcel.no);
        let ours = rules::packs(sent.parcel.seller);
        let typed = outcome.typed;
        let tracked = format!("tracking.{id}");
        let to = order.as_ref().filter(|_| people).and_then(|order| order.ship_to.as_deref());
        Row {
            href: format!("/admin/parcels/{}/{}", sent.order, sent.parcel.no),
            number: OrderNumber::of(sent.order).to_string(),
            no: sent.parcel.no,
            state: parcel(sent.parcel.state()),
            what: what(sent, order.as_ref()),
            pieces: sent.parcel.lines.iter().map(|line| line.quantity).sum(),
            to: to.map_or_else(String::new, |to| format!("{}, {}", to.name, to.city)),
            warehouse: app.warehouse(sent.parcel.warehouse),
            seller,
            awaited: last_day(sent.awaited),
            late: asked.stage.is_awaited() && sent.awaited < now,
            tracking: sent.parcel.tracking_number(sent.order),
            can_choose: may
                && match asked.stage {
                    ParcelStage::ToPack | ParcelStage::ToShip => ours,
                    stage => stage == ParcelStage::Travelling,
                },
            chosen: typed.is_some_and(|typed| typed.all("parcel").any(|one| one == id)),
            typed: typed.map(|typed| typed.text(&tracked)).unwrap_or_default(),
            id,
        }
    };
    Ok(found.iter().zip(&orders).zip(sellers).map(row).collect())
}

/// The last day on which it is in time.
pub(super) fn last_day(awaited: Timestamp) -> String {
    day(awaited.plus_ms(-1))
}

fn what(sent: &Sent, order: Option<&Order>) -> String {
    let lines = order.iter().flat_map(|order| &order.quote.lines);
    let inside = lines.filter(|line| sent.parcel.pieces(line.item.sku) > 0);
    let titles: Vec<&str> = inside.map(|line| &*line.item.title).collect();
    match titles[..] {
        [] => String::new(),
        [only] => only.to_owned(),
        [first, ..] => format!("{first} and {} more", titles.len() - 1),
    }
}

/// The same as a file, without personal data.
async fn file(app: &App, found: &[Sent]) -> Result<Response, Problem> {
    let sellers: Vec<SellerId> = found.iter().map(|sent| sent.parcel.seller).collect();
    let sellers = names(app, &sellers).await?;
    let head = [
        "order",
        "parcel",
        "state",
        "seller",
        "warehouse",
        "pieces",
        "carrier",
        "tracking",
        "awaited_by",
        "since",
    ];
    let rows = found.iter().zip(sellers).map(|(sent, seller)| {
        let parcel = &sent.parcel;
        vec![
            OrderNumber::of(sent.order).to_string(),
            parcel.no.to_string(),
            parcel.state().name().to_owned(),
            seller,
            app.warehouse(parcel.warehouse),
            parcel.lines.iter().map(|line| line.quantity).sum::<u32>().to_string(),
            parcel.carrier.clone().unwrap_or_default(),
            parcel.tracking_number(sent.order),
            last_day(sent.awaited),
            moment(parcel.since()),
        ]
    });
    csv::respond("parcels", &head, rows)
}
