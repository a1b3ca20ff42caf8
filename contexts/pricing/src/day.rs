//! A calendar day in UTC, and counting in working days.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use souk_kernel::{DAY_MS, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A day: the number of days since 1970-01-01. Written `2026-11-26`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Day {
    /// The day in UTC of a moment.
    #[must_use]
    pub const fn of(at: Timestamp) -> Self {
        Self(at.0.div_euclid(DAY_MS) as i32)
    }

    /// The first moment after it.
    #[must_use]
    pub const fn end(self) -> Timestamp {
        Timestamp((self.0 as i64 + 1) * DAY_MS)
    }

    /// The day `count` working days (Monday to Friday) later; no public holidays.
    #[must_use]
    pub const fn plus_working_days(self, count: u8) -> Self {
        let mut day = self.0;
        let mut left = count;
        while left > 0 {
            day += 1;
            if Self(day).weekday() < 5 {
                left -= 1;
            }
        }
        Self(day)
    }

    /// 0 is Monday, 6 is Sunday.
    #[must_use]
    pub const fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) as u8
    }

    /// Year, month (1..=12), day of the month (1..=31), proleptic Gregorian.
    #[must_use]
    pub const fn civil(self) -> (i32, u8, u8) {
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`: years
        // begin in March, so that the leap day is the last one.
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month as u8, day as u8)
    }

    /// The day of a calendar date; the inverse of [`Day::civil`] for dates that exist.
    #[must_use]
    pub const fn from_civil(year: i32, month: u8, day: u8) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (month as i32 + 9) % 12;
        let of_year = (153 * month + 2) / 5 + day as i32 - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        Self(era * 146_097 + of_era - 719_468)
    }

    /// For people, of days near by: `Thu 26 Nov`.
    #[must_use]
    pub fn short(self) -> String {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let (_, month, day) = self.civil();
        format!("{} {day} {}", DAYS[self.weekday() as usize], &MONTHS[month as usize - 1][..3])
    }

    /// For people, of any day: `26 November 2026`.
    #[must_use]
    pub fn long(self) -> String {
        let (year, month, day) = self.civil();
        format!("{day} {} {year}", MONTHS[month as usize - 1])
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Not a date of the form `2026-11-26`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form 2026-11-26")]
pub struct NotADay;

impl FromStr for Day {
    type Err = NotADay;
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(NotADay);
        let year: i32 = part()?.parse().map_err(|_| NotADay)?;
        let month: u8 = part()?.parse().map_err(|_| NotADay)?;
        let day: u8 = part()?.parse().map_err(|_| NotADay)?;
        if !(0..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(NotADay);
        }
        let found = Self::from_civil(year, month, day);
        if found.civil() == (year, month, day) { Ok(found) } else { Err(NotADay) }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        for (day, text, weekday) in [
            (0, "1970-01-01", 3),
            (20_780, "2026-11-23", 0),
            (19_782, "2024-02-29", 3),
            (-1, "1969-12-31", 2),
        ] {
            assert_eq!(Day(day).to_string(), text);
            assert_eq!(text.parse(), Ok(Day(day)));
            assert_eq!(Day(day).weekday(), weekday, "{text}");
        }
        assert_eq!(Day(20_780).short(), "Mon 23 Nov");
        assert_eq!(Day(20_780).long(), "23 November 2026");
        assert_eq!(Day(-1).long(), "31 December 1969");
        for bad in ["", "2026-02-30", "2026-13-01", "2026-11", "x-1-1", "2023-02-29"] {
            assert_eq!(bad.parse::<Day>(), Err(NotADay), "{bad}");
        }
    }

    #[test]
    fn weekends_do_not_count() {
        let friday: Day = "2026-11-27".parse().unwrap();
        assert_eq!(friday.plus_working_days(1).to_string(), "2026-11-30");
        assert_eq!(friday.plus_working_days(0), friday);
        assert_eq!(friday.plus_working_days(6).to_string(), "2026-12-07");
    }

    proptest! {
        #[test]
        fn a_date_is_read_back(day in -200_000_i32..2_000_000) {
            let (year, month, date) = Day(day).civil();
            prop_assert_eq!(Day::from_civil(year, month, date), Day(day));
        }
    }
}
