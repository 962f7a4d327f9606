//! Dates as whole days since 1970-01-01, the form in which the index compares them.

use jiff::civil::Date;

/// Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, `days_from_civil`).
pub(crate) fn day_number(date: Date) -> i32 {
    let month = i32::from(date.month());
    let year = i32::from(date.year()) - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(date.day()) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn it_agrees_with_the_calendar() {
        let epoch = date(1970, 1, 1);
        let mut day = date(1895, 12, 31);
        while day < date(2105, 1, 1) {
            assert_eq!(day_number(day), (day - epoch).get_days(), "{day}");
            day = day.checked_add(jiff::Span::new().days(17)).unwrap();
        }
        for day in [Date::MIN, Date::MAX, date(2000, 2, 29), date(1, 1, 1)] {
            assert_eq!(day_number(day), (day - epoch).get_days(), "{day}");
        }
    }
}
