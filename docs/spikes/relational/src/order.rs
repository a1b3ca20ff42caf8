//! An order of two lines: the values that its rows take, made before anything is measured.

/// What Begin and Settle of one order write.
pub struct Order {
    pub n: i64,
    pub key: i64,
    pub id: [u8; 16],
    pub user: [u8; 16],
    pub checkout: i64,
    pub checkout_id: [u8; 16],
    pub payment: i64,
    pub payment_id: [u8; 16],
    pub digest: [u8; 16],
    pub request: [u8; 16],
    pub skus: [i64; 2],
    pub at: i64,
    pub hold_lines: String,
    pub quote: String,
    pub ship_to: String,
    pub moves: String,
    pub confirmed: String,
    pub body: String,
}

pub const WAREHOUSE: i64 = 7_354_259_236_216_832;
const LINE: &str = r#"{"sku":"01a20a8e-95c9-77a0-8005-67bd202d4f8a","product":"01a20a8e-963f-7dba-8005-cd7ccfa66eda","variant":"01a20a8e-963f-7dbb-8004-984a63f9c4b0","seller":"01a20a8e-963f-7dbc-8006-2206637b577f","title":"Noise-cancelling over-ear headphones, black","quantity":1,"price":12990,"class":"standard","weight_g":250,"rate_bp":1900,"subtotal":12990,"tax":2074,"total":12990}"#;

impl Order {
    pub fn new(n: i64) -> Self {
        let base = 7_354_259_295_678_000 + 3 * n;
        let at = 1_795_473_460_859 + n;
        let skus = [1, 2].map(|i| WAREHOUSE + 1 + scatter(n * 2 + i) % 20_000);
        let (id, user) = (id(base), id(scatter(n % 5_000)));
        Self {
            n,
            key: base,
            id,
            user,
            checkout: base + 1,
            checkout_id: self::id(base + 1),
            payment: base + 2,
            payment_id: self::id(base + 2),
            digest: self::id(scatter(n + 1)),
            request: self::id(scatter(n + 2)),
            skus,
            at,
            hold_lines: format!("[[{},{WAREHOUSE},1],[{},{WAREHOUSE},1]]", skus[0], skus[1]),
            quote: format!(
                r#"{{"currency":"EUR","lines":[{LINE},{LINE}],"items":25980,"shipping":0,"shipping_tax":0,"tax":4148,"total":25980,"inclusive":true,"country":"DE","method":"standard","from":"2026-11-25","to":"2026-11-27"}}"#
            ),
            ship_to: r#"{"name":"Ada Lovelace","line1":"Unter den Linden 1","city":"Berlin","postal_code":"10117","country":"DE","email":"ada@example.com"}"#.into(),
            moves: format!(
                "{{\"to\":\"created\",\"at\":{at},\"by\":\"shopper\"}}\n{{\"to\":\"payment_pending\",\"at\":{at},\"by\":\"saga\"}}\n"
            ),
            confirmed: format!("{{\"to\":\"confirmed\",\"at\":{at},\"by\":\"saga\"}}\n"),
            body: r#"{"order":"01a20ab2-0dc0-7001-b96f-978ebd93ff40","user":"01a20ab2-0cbb-7000-b96c-f47bbf46ac82"}"#.into(),
        }
    }
}

fn scatter(n: i64) -> i64 {
    let x = n.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64);
    ((x ^ (x >> 29)) & i64::MAX) >> 3
}

fn id(key: i64) -> [u8; 16] {
    let mut id = [0x5a; 16];
    id[..8].copy_from_slice(&key.to_be_bytes());
    id
}
