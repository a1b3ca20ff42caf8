//! How a product sells, from looks and purchases: smoothed, so that one lucky sale moves nothing.

/// Looks that the shop's own mean is worth: a product with fewer is judged by the shop more than by
/// itself.
const PRIOR_VIEWS: f32 = 50.0;
/// The most that selling well or badly moves a score, per mille.
pub const MAX_LIFT: i16 = 150;
/// What a purchase counts among looks.
const ORDER: u32 = 10;
/// The mean of a shop that has no history.
const USUAL: f32 = 0.02;

/// How often a look becomes a purchase over all products.
#[must_use]
pub fn shop_rate(views: u64, orders: u64) -> f32 {
    // Itself smoothed: a shop's first hour is no mean.
    ((orders as f32 + USUAL * 1_000.0) / (views as f32 + 1_000.0)).clamp(1e-4, 1.0)
}

/// How often a look at this product becomes a purchase, its own history against the shop's mean
/// (a beta prior worth [`PRIOR_VIEWS`] looks).
#[must_use]
pub fn smoothed(views: u32, orders: u32, shop_rate: f32) -> f32 {
    // Who bought has looked, even where the look was not recorded.
    let views = views.max(orders) as f32;
    (orders as f32 + shop_rate * PRIOR_VIEWS) / (views + PRIOR_VIEWS)
}

/// What that is worth in a score, per mille: 0 at the shop's mean, [`MAX_LIFT`] at four times it.
#[must_use]
pub fn lift(views: u32, orders: u32, shop_rate: f32) -> i16 {
    let ratio = smoothed(views, orders, shop_rate) / shop_rate;
    let lift = f32::from(MAX_LIFT) * ratio.ln() / 4.0_f32.ln();
    lift.clamp(-f32::from(MAX_LIFT), f32::from(MAX_LIFT)) as i16
}

/// How much a product is asked for.
#[must_use]
pub fn popularity(views: u32, orders: u32) -> u32 {
    views.saturating_add(orders.saturating_mul(ORDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_known_moves_nothing_and_one_sale_little() {
        assert_eq!(lift(0, 0, 0.02), 0);
        let (one, many) = (lift(1, 1, 0.02), lift(1_000, 80, 0.02));
        assert!(0 < one && one < many && many <= MAX_LIFT, "{one} {many}");
        assert!(lift(2_000, 0, 0.02) < 0);
    }

    proptest::proptest! {
        #[test]
        fn more_sales_of_as_many_looks_never_lower(
            views in 0_u32..100_000, orders in 0_u32..1_000, rate in 0.001_f32..0.5,
        ) {
            let (less, more) = (lift(views, orders, rate), lift(views, orders + 1, rate));
            proptest::prop_assert!(less <= more);
            proptest::prop_assert!(more.abs() <= MAX_LIFT);
            proptest::prop_assert!((0.0..=1.0).contains(&smoothed(views, orders, rate)));
        }
    }
}
