//! Which of several names was probably meant.

/// The name nearest to `wanted`, when it is near at all: at most half of its letters differ.
#[must_use]
pub fn closest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = letters(wanted);
    names
        .map(|name| (distance(&wanted, &letters(name)), name))
        .filter(|(distance, name)| *distance * 2 <= wanted.len().max(letters(name).len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Letters and digits in lower case, so that `Customer-ID` and `customer_id` are the same.
fn letters(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Levenshtein's distance: letters to insert, remove or change.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let change = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = change.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_suggested_when_nothing_is_near() {
        assert_eq!(closest("quantity", ["ts", "Preis"].into_iter()), None);
        assert_eq!(closest("quantity", std::iter::empty()), None);
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        let names = ["OrderNo", "CustomerNo", "Customer country"];
        assert_eq!(
            closest("customer_id", names.into_iter()),
            Some("CustomerNo")
        );
        assert_eq!(closest("order_id", names.into_iter()), Some("OrderNo"));
        assert_eq!(distance(&letters("kitten"), &letters("sitting")), 3);
        assert_eq!(distance(&letters(""), &letters("abc")), 3);
    }
}
