//! The desk's lists of parcels, beside the store that parcels are moved in.

use super::{Bench, Maker, NOW};
use crate::{FindParcels, ParcelTally, Sent};
use souk_catalog::HOUSE_SELLER;
use souk_fulfillment::{
    Fulfillment, Open, Parcel, ParcelLine, ParcelStage, ParcelState, Scan, Step,
};
use souk_kernel::{DAY_MS, OrderId, SellerId, Timestamp, WarehouseId, one};

const TO_PACK: FindParcels = FindParcels {
    stage: ParcelStage::ToPack,
    seller: None,
    warehouse: None,
    awaited_before: None,
    after: None,
    limit: 9,
};

/// An order with a parcel for each of these, promised by some day.
async fn opened(
    bench: &Bench,
    maker: &Maker,
    boxes: &[(SellerId, WarehouseId)],
    promised: Option<Timestamp>,
) -> Fulfillment {
    let parcel = |(no, (seller, warehouse)): (u16, &(SellerId, WarehouseId))| Parcel {
        no,
        seller: *seller,
        warehouse: *warehouse,
        lines: vec![ParcelLine { sku: maker.0.mint_anywhere(), quantity: 2 }],
        scans: vec![Scan { state: ParcelState::Label, at: NOW }],
        tracking: None,
        carrier: None,
    };
    let fulfillment = Fulfillment {
        order: maker.0.mint_anywhere(),
        user: maker.0.mint_anywhere(),
        checkout: maker.0.mint_anywhere(),
        version: 1,
        promised,
        parcels: (1..).zip(boxes).map(parcel).collect(),
        returns: Vec::new(),
    };
    let open = Open { fulfillment: fulfillment.clone(), due: None, speed: None };
    assert_eq!(one(bench.parcels.open(vec![open.clone()]).await), Ok(true));
    // Opened again, it is listed once.
    assert_eq!(one(bench.parcels.open(vec![open]).await), Ok(false));
    fulfillment
}

/// A parcel of it is somewhere else.
async fn moved(bench: &Bench, all: &Fulfillment, no: u16, to: ParcelState) -> Fulfillment {
    let mut next = all.clone();
    next.version += 1;
    let parcel = next.parcels.iter_mut().find(|parcel| parcel.no == no).expect("a parcel");
    parcel.scans.push(Scan { state: to, at: NOW });
    let step = Step {
        expected_version: all.version,
        next: next.clone(),
        due: None,
        speed: None,
        stock: Vec::new(),
        events: Vec::new(),
        key: None,
    };
    assert_eq!(one(bench.parcels.step(vec![step]).await), Ok(()));
    next
}

async fn found(bench: &Bench, find: FindParcels) -> Vec<(OrderId, u16)> {
    let found = bench.desk.find_parcels(&find).await.expect("the store answers");
    found.iter().map(|sent| (sent.order, sent.parcel.no)).collect()
}

/// What is moved stands where it is waited for, at once, and nowhere else.
pub(super) async fn stand_where_they_are_waited_for(bench: Bench) {
    let maker = Maker::new();
    let (seller, main, east) =
        (maker.0.mint_anywhere(), maker.0.mint_anywhere(), maker.0.mint_anywhere());
    let day = |n: i64| Some(NOW.plus_ms(n * DAY_MS));
    let late = opened(&bench, &maker, &[(HOUSE_SELLER, main)], day(-1)).await;
    let both = opened(&bench, &maker, &[(HOUSE_SELLER, main), (seller, east)], day(2)).await;
    let old = opened(&bench, &maker, &[(HOUSE_SELLER, east)], None).await;
    let [l, b1, b2, o] = [(late.order, 1), (both.order, 1), (both.order, 2), (old.order, 1)];
    assert_eq!(
        found(&bench, TO_PACK).await,
        [l, b1, b2, o],
        "promised first; of old within a week"
    );
    let house = FindParcels { seller: Some(HOUSE_SELLER), ..TO_PACK };
    assert_eq!(found(&bench, house).await, [l, b1, o]);
    assert_eq!(found(&bench, FindParcels { warehouse: Some(east), ..house }).await, [o]);
    assert_eq!(found(&bench, FindParcels { awaited_before: Some(NOW), ..TO_PACK }).await, [l]);
    let first = FindParcels { limit: 2, ..TO_PACK };
    let page = bench.desk.find_parcels(&first).await.expect("the store answers");
    assert_eq!(page[0].parcel, late.parcels[0], "as it stands");
    let after = page.last().map(Sent::place);
    assert_eq!(found(&bench, FindParcels { after, ..first }).await, [b2, o]);
    let all = ParcelTally { to_pack: 4, late: 1, ..ParcelTally::default() };
    assert_eq!(bench.desk.parcel_tally(None, NOW).await, Ok(all));

    let both = moved(&bench, &both, 1, ParcelState::Packed).await;
    let late = moved(&bench, &late, 1, ParcelState::OutForDelivery).await;
    let late = moved(&bench, &late, 1, ParcelState::Failed).await;
    assert_eq!(found(&bench, TO_PACK).await, [b2, o]);
    let at = |stage| FindParcels { stage, ..TO_PACK };
    assert_eq!(found(&bench, at(ParcelStage::ToShip)).await, [b1]);
    assert_eq!(found(&bench, at(ParcelStage::Travelling)).await, []);
    assert_eq!(found(&bench, at(ParcelStage::Failed)).await, [l]);
    let house = bench.desk.parcel_tally(Some(HOUSE_SELLER), NOW).await;
    let counted = ParcelTally { to_pack: 1, to_ship: 1, travelling: 0, failed: 1, late: 1 };
    assert_eq!(house, Ok(counted));

    moved(&bench, &late, 1, ParcelState::Delivered).await;
    moved(&bench, &both, 2, ParcelState::Delivered).await;
    moved(&bench, &old, 1, ParcelState::Lost).await;
    let ended = at(ParcelStage::Delivered);
    assert_eq!(found(&bench, ended).await, [b2, l], "the latest first");
    let after = bench.desk.find_parcels(&FindParcels { limit: 1, ..ended }).await;
    let after = after.expect("the store answers").last().map(Sent::place);
    assert_eq!(found(&bench, FindParcels { after, ..ended }).await, [l]);
    assert_eq!(found(&bench, at(ParcelStage::Undelivered)).await, [o]);
    let left = ParcelTally { to_ship: 1, ..ParcelTally::default() };
    assert_eq!(bench.desk.parcel_tally(None, NOW).await, Ok(left), "nobody waits for the others");
}
