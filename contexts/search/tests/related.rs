//! What is like a product, over the index in memory.

use futures_util::FutureExt;
use souk_kernel::{Currency, Id, Money, ProductId, Timestamp};
use souk_memory::search::MemoryIndex;
use souk_search::{Document, Like, Search};
use std::sync::Arc;

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

struct Item {
    n: u8,
    category: &'static [&'static str],
    brand: &'static str,
    colour: &'static str,
    price: i64,
    in_stock: bool,
}

const KETTLE: Item = Item {
    n: 1,
    category: &["Kitchen", "Kettles"],
    brand: "Brenn",
    colour: "Black",
    price: 4_000,
    in_stock: true,
};

fn shop(items: &[Item]) -> Search {
    let search = Search::new(Arc::new(MemoryIndex::default()));
    let document = |item: &Item| Document {
        product: id(item.n),
        offer: id(item.n),
        title: format!("Thing {}", item.n),
        description: String::new(),
        brand: item.brand.into(),
        seller: id(1),
        codes: Vec::new(),
        category: item.category.iter().map(|part| (*part).to_owned()).collect(),
        attributes: vec![("colour".into(), vec![item.colour.into()])],
        price: Money::new(item.price, Currency::Eur),
        in_stock: item.in_stock,
        rating_tenths: 0,
        reviews: 0,
        fast_delivery: false,
        created_at: Timestamp(0),
        image: None,
        colours: Vec::new(),
    };
    let documents = items.iter().map(document).collect();
    search.publish(documents).now_or_never().expect("memory never waits").expect("published");
    search
}

fn like(item: &Item) -> Like {
    Like {
        product: id(item.n),
        brand: item.brand.into(),
        category: item.category.iter().map(|part| (*part).to_owned()).collect(),
        attributes: vec![("colour".into(), vec![item.colour.into()])],
        price: Some(Money::new(item.price, Currency::Eur)),
    }
}

fn related(search: &Search, item: &Item, limit: usize) -> Vec<ProductId> {
    let found = search.related(&like(item), limit).now_or_never().expect("memory never waits");
    found.expect("related").iter().map(|hit| hit.product).collect()
}

#[test]
fn the_most_alike_of_the_category_stand_first() {
    let shop = shop(&[
        KETTLE,
        Item { n: 2, price: 50_000, brand: "Other", colour: "Red", ..KETTLE },
        Item { n: 3, price: 50_000, brand: "Other", ..KETTLE },
        Item { n: 4, brand: "Other", ..KETTLE },
        Item { n: 5, ..KETTLE },
        Item { n: 6, in_stock: false, ..KETTLE },
        Item { n: 7, category: &["Kitchen", "Pans"], ..KETTLE },
        Item { n: 8, category: &["Garden"], ..KETTLE },
    ]);
    assert_eq!(related(&shop, &KETTLE, 3), [id(5), id(4), id(3)]);
    let all = related(&shop, &KETTLE, 10);
    assert_eq!(all, [id(5), id(4), id(3), id(2), id(6), id(7)], "wider last, no other department");
}

#[test]
fn it_is_never_empty_while_the_department_has_another() {
    let pan = Item { n: 7, category: &["Kitchen", "Pans"], brand: "", colour: "Red", ..KETTLE };
    assert_eq!(related(&shop(&[KETTLE, pan]), &KETTLE, 4), [id(7)]);
    assert_eq!(related(&shop(&[KETTLE]), &KETTLE, 4), []);
    // Nobody sorted it: the whole shop is its neighbourhood.
    let loose = Item { n: 9, category: &[], ..KETTLE };
    let shop = shop(&[Item { n: 9, category: &[], ..KETTLE }, KETTLE]);
    assert_eq!(related(&shop, &loose, 4), [id(1)]);
}
