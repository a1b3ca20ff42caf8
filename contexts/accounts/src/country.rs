//! Countries by their ISO 3166-1 codes.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An officially assigned ISO 3166-1 alpha-2 code, in upper case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code in either case; none when no country has it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().as_bytes();
        let [first, second] = *text else { return None };
        let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        let known = CODES.as_bytes().chunks(3).any(|chunk| chunk[..2] == code);
        known.then_some(Self(code))
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }

    /// Whether an address there has a postal code (Universal Postal Union).
    #[must_use]
    pub fn has_postal_codes(&self) -> bool {
        !WITHOUT_POSTAL_CODES.as_bytes().chunks(3).any(|chunk| chunk[..2] == self.0)
    }

    /// Every code, in alphabetical order.
    pub fn all() -> impl Iterator<Item = &'static str> {
        CODES.split(' ')
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

impl TryFrom<String> for Country {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a two-letter country code")
    }
}

const CODES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE \
    BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD \
    CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM \
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF \
    GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU \
    ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME \
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI \
    SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK \
    TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI \
    VN VU WF WS YE YT ZA ZM ZW";

const WITHOUT_POSTAL_CODES: &str = "\
    AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GN GQ GY HK IE JM KI \
    KM KN KP LC ML MO MR MS MU MW NR NU PA QA RW SB SC SL SO SR ST SY TD TF TG TK TL TO TT TV UG VU \
    WS YE ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_code_in_either_case_and_nothing_else() {
        assert_eq!(Country::all().count(), 249);
        for code in Country::all() {
            assert_eq!(Country::parse(&code.to_lowercase()).unwrap().code(), code);
        }
        for bad in ["", "D", "DEU", "XX", "UK", "D ", " E", "ÄÖ", "A\0"] {
            assert_eq!(Country::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_name_is_a_countrys() {
        for (code, _) in souk_kernel::COUNTRIES {
            assert_eq!(Country::parse(code).map(|c| c.code().to_owned()).as_deref(), Some(code));
        }
    }

    #[test]
    fn knows_where_there_are_no_postal_codes() {
        assert!(Country::parse("DE").unwrap().has_postal_codes());
        assert!(!Country::parse("HK").unwrap().has_postal_codes());
    }
}
