//! A limit on everything: what a listing may hold.

/// Characters of a product's title.
pub const TITLE_CHARS: usize = 500;
/// Characters of a description.
pub const DESCRIPTION_CHARS: usize = 20_000;
/// Characters of a brand.
pub const BRAND_CHARS: usize = 100;
/// Levels of a category path.
pub const CATEGORY_LEVELS: usize = 8;
/// Categories of one parent that are arranged.
pub const SIBLINGS: usize = 500;
/// Characters of one level of a category path.
pub const CATEGORY_CHARS: usize = 100;
/// Attributes of a product.
pub const ATTRIBUTES: usize = 256;
/// Characters of an attribute's name.
pub const ATTRIBUTE_NAME_CHARS: usize = 100;
/// Values of one attribute.
pub const ATTRIBUTE_VALUES: usize = 200;
/// Characters of one value.
pub const ATTRIBUTE_VALUE_CHARS: usize = 1_000;
/// Bytes of all attributes together, names and values.
pub const ATTRIBUTES_BYTES: usize = 64 * 1_024;
/// Pictures of a product.
pub const IMAGES: usize = 50;
/// Characters of a picture's name or address.
pub const IMAGE_CHARS: usize = 2_000;
/// Bytes of a picture that is given to the shop.
pub const PICTURE_BYTES: usize = 10 << 20;
/// Pixels of a picture that is given to the shop: one decodes to 120 MB at most.
pub const PICTURE_PIXELS: u64 = 40_000_000;
/// Pixels of its longer side.
pub const PICTURE_SIDE: u32 = 16_384;
/// Trade item numbers of a product.
pub const GTINS: usize = 200;
/// Characters of an external source's name.
pub const SOURCE_CHARS: usize = 50;
/// Characters of an id at an external source.
pub const EXTERNAL_ID_CHARS: usize = 200;
/// Variants of a product.
pub const VARIANTS: usize = 200;
/// Characters of a variant's key or title.
pub const VARIANT_CHARS: usize = 200;
/// Options that a variant chooses.
pub const OPTIONS: usize = 10;
/// Offers of a product, over all variants and sellers.
pub const OFFERS: usize = 1_000;
/// The highest price, in minor units: a thousand lines of a thousand pieces still add up.
pub const PRICE_MINOR: i64 = 1_000_000_000_000;
/// The heaviest piece, in grams: ten tonnes.
pub const WEIGHT_G: u32 = 10_000_000;
/// Pieces of first stock.
pub const STOCK: u32 = 1_000_000_000;
/// Characters of a seller's name.
pub const SELLER_CHARS: usize = 200;
