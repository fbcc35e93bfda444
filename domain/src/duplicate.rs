//! Locations that may be the same place entered twice.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    codes::codes,
    customer::Location,
    geo::Position,
    id::{CompanyId, LocationId},
    text::fold,
};

/// Pins this close, in metres, may be of one place.
pub const CLOSE_M: f64 = 200.0;
/// Names this much alike may be of one place: shared pairs of characters, from 0 to 1.
pub const ALIKE: f64 = 0.6;
/// A name that more places than these have is a chain's, and says nothing by itself.
const MOST_OF_A_NAME: usize = 5;
/// Where more places than these lie close together, only those whose names sort this near are compared.
const MOST_BESIDE: usize = 40;
/// Degrees of a square of the grid, wider than [`CLOSE_M`] wherever people live.
const SQUARE: f64 = 0.004;

/// Why two locations may be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// Their companies have one taxpayer number.
    TaxId,
    /// Their names are alike.
    Name,
    /// Their pins are close.
    Distance,
}
codes!(Likeness { TaxId = "tax_id", Name = "name", Distance = "distance" });

/// Two locations that may be one. `GET /locations/duplicates` gives these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The one.
    pub one: Location,
    /// The other.
    pub other: Location,
    /// Why.
    pub reasons: Vec<Likeness>,
    /// Metres between their pins.
    pub distance_m: f64,
    /// How much their names are alike, from 0 to 1.
    pub name_likeness: f64,
}

/// `POST /locations/duplicates/dismiss`: these are two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissDuplicate {
    /// The one.
    pub one_id: LocationId,
    /// The other.
    pub other_id: LocationId,
}

/// `POST /locations/{id}/merge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// The one that stays.
    pub into: LocationId,
}

/// A location as the search for duplicates looks at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Which.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub company: CompanyId,
    /// The company's taxpayer number.
    pub tax_id: Option<String>,
    /// Its pin.
    pub pin: Position,
}

/// Two that may be one; `one` has the smaller id.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The one.
    pub one: LocationId,
    /// The other.
    pub other: LocationId,
    /// Why.
    pub reasons: Vec<Likeness>,
    /// Metres between their pins.
    pub distance_m: f64,
    /// How much their names are alike, from 0 to 1.
    pub name_likeness: f64,
}

/// The pairs that may be one: names alike and pins close, the same name where few have it, or two companies of one
/// taxpayer number. Those with more reasons come first, then those whose names are more alike. The work grows with the
/// number of places, not with its square: each is compared with few.
pub fn pairs(suspects: &[Suspect]) -> Vec<Pair> {
    let names: Vec<Folded> = suspects.iter().map(|suspect| Folded::of(&suspect.name)).collect();
    let mut seen: HashSet<(usize, usize)> = HashSet::new();
    let mut found = Vec::new();
    let mut compare = |a: usize, b: usize| {
        if a != b && seen.insert((a.min(b), a.max(b))) {
            found.extend(judge(&suspects[a], &suspects[b], &names[a], &names[b]));
        }
    };
    close_by(suspects, &names, &mut compare);
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (n, name) in names.iter().enumerate() {
        by_name.entry(&name.text).or_default().push(n);
    }
    for group in by_name.values().filter(|group| group.len() <= MOST_OF_A_NAME) {
        for (at, a) in group.iter().enumerate() {
            group[at + 1..].iter().for_each(|b| compare(*a, *b));
        }
    }
    let mut by_tax_id: HashMap<&str, Vec<usize>> = HashMap::new();
    for (n, suspect) in suspects.iter().enumerate() {
        if let Some(tax_id) = &suspect.tax_id {
            by_tax_id.entry(tax_id).or_default().push(n);
        }
    }
    for group in by_tax_id.values_mut() {
        // One company's branches are no duplicates of each other; two companies of one number are.
        group.sort_by_key(|n| (&suspects[*n].name, suspects[*n].id));
        let mut firsts: Vec<usize> = Vec::new();
        for n in group.iter() {
            if firsts.iter().all(|first| suspects[*first].company != suspects[*n].company) {
                firsts.push(*n);
            }
            if firsts.len() > MOST_BESIDE {
                break;
            }
        }
        firsts.windows(2).for_each(|two| compare(two[0], two[1]));
    }
    found.sort_by(|a, b| {
        let more = b.reasons.len().cmp(&a.reasons.len());
        let alike = || f64::total_cmp(&b.name_likeness, &a.name_likeness);
        more.then_with(alike).then_with(|| (a.one, a.other).cmp(&(b.one, b.other)))
    });
    found
}

fn close_by(suspects: &[Suspect], names: &[Folded], compare: &mut impl FnMut(usize, usize)) {
    let square = |pin: Position| {
        let of = |degrees: f64| (degrees / SQUARE).floor() as i64;
        (of(pin.lat.get()), of(pin.lng.get()))
    };
    let mut grid: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for (n, suspect) in suspects.iter().enumerate() {
        grid.entry(square(suspect.pin)).or_default().push(n);
    }
    for members in grid.values_mut() {
        members.sort_by(|a, b| names[*a].text.cmp(&names[*b].text));
    }
    for (n, suspect) in suspects.iter().enumerate() {
        let (row, column) = square(suspect.pin);
        for beside in (-1..=1).flat_map(|r| (-1..=1).map(move |c| (row + r, column + c))) {
            let Some(members) = grid.get(&beside) else { continue };
            if members.len() <= MOST_BESIDE {
                members.iter().for_each(|other| compare(n, *other));
            } else {
                let at = members.partition_point(|other| names[*other].text < names[n].text);
                let from = at.saturating_sub(MOST_BESIDE / 2);
                members[from..].iter().take(MOST_BESIDE).for_each(|other| compare(n, *other));
            }
        }
    }
}

fn judge(a: &Suspect, b: &Suspect, a_name: &Folded, b_name: &Folded) -> Option<Pair> {
    let distance_m = a.pin.distance_m(b.pin);
    let name_likeness = a_name.likeness(b_name);
    let close = distance_m <= CLOSE_M;
    let alike = name_likeness >= ALIKE && !a_name.is_numbered_apart_from(b_name);
    let taxed = a.tax_id.is_some() && a.tax_id == b.tax_id;
    let same_name = a_name.text == b_name.text;
    if !((close && alike) || (same_name && a.company != b.company) || (taxed && a.company != b.company)) {
        return None;
    }
    let reasons = [(taxed, Likeness::TaxId), (alike, Likeness::Name), (close, Likeness::Distance)];
    let (one, other) = if a.id < b.id { (a.id, b.id) } else { (b.id, a.id) };
    Some(Pair {
        one,
        other,
        reasons: reasons.into_iter().filter_map(|(is, reason)| is.then_some(reason)).collect(),
        distance_m,
        name_likeness,
    })
}

/// An Arabic digit for an Arabic or Thai one.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '๐'..='๙' => char::from_digit(u32::from(c) - u32::from('๐'), 10),
        _ => None,
    }
}

/// A name as names are compared: letters and digits alone, in small letters.
struct Folded {
    text: String,
    /// Its pairs of characters in their order.
    pairs: Vec<(char, char)>,
    /// Its digits, Thai ones as Arabic, each number ended by a space.
    numbers: String,
}

impl Folded {
    fn of(name: &str) -> Self {
        // Thai vowels and tone marks are no letters to Unicode, but part of a name.
        let kept = |c: &char| c.is_alphanumeric() || ('\u{0E00}'..='\u{0E7F}').contains(c);
        let mut text: String = fold(name).chars().filter(kept).collect();
        if text.is_empty() {
            text = fold(name);
        }
        let chars: Vec<char> = text.chars().collect();
        let mut pairs: Vec<_> = chars.windows(2).map(|two| (two[0], two[1])).collect();
        pairs.sort_unstable();
        let mut numbers = String::new();
        for part in name.split(|c| digit(c).is_none()).filter(|part| !part.is_empty()) {
            numbers.extend(part.chars().filter_map(digit).skip_while(|digit| *digit == '0'));
            numbers.push(' ');
        }
        Self { text, pairs, numbers }
    }

    /// Whether both have numbers, but not the same: branch 14 is not branch 15, however alike their names.
    fn is_numbered_apart_from(&self, other: &Self) -> bool {
        !self.numbers.is_empty() && !other.numbers.is_empty() && self.numbers != other.numbers
    }

    /// Twice the shared pairs of characters over all of both (Dice): 1 for the same name, 0 for nothing in common.
    fn likeness(&self, other: &Self) -> f64 {
        if self.text == other.text {
            return 1.0;
        }
        let all = self.pairs.len() + other.pairs.len();
        if all == 0 {
            return 0.0;
        }
        let (mut a, mut b, mut shared) = (0, 0, 0usize);
        while let (Some(one), Some(two)) = (self.pairs.get(a), other.pairs.get(b)) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => (a, b, shared) = (a + 1, b + 1, shared + 1),
            }
        }
        (2 * shared) as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn suspect(n: u128, name: &str, company: u128, tax_id: Option<&str>, lat: f64, lng: f64) -> Suspect {
        Suspect {
            id: LocationId(uuid::Uuid::from_u128(n)),
            name: name.into(),
            company: CompanyId(uuid::Uuid::from_u128(company)),
            tax_id: tax_id.map(str::to_owned),
            pin: Position::new(lat, lng).unwrap(),
        }
    }

    fn found(suspects: &[Suspect]) -> Vec<(u128, u128, Vec<&'static str>)> {
        let reasons = |pair: &Pair| pair.reasons.iter().map(|reason| reason.code()).collect();
        pairs(suspects).iter().map(|p| (p.one.0.as_u128(), p.other.0.as_u128(), reasons(p))).collect()
    }

    #[test]
    fn a_place_entered_twice_is_found_by_what_is_alike() {
        let suspects = [
            suspect(1, "ร้านเจ๊หมวย", 1, None, 13.75, 100.5),
            suspect(2, "ร้าน เจ๊ หมวย", 2, None, 13.7505, 100.5),
            suspect(3, "ร้านทอง", 3, None, 13.75, 100.5),
            suspect(4, "Big Shop", 4, Some("0994000617721"), 18.8, 98.9),
            suspect(5, "บิ๊กช็อป", 5, Some("0994000617721"), 7.9, 98.3),
            suspect(6, "Nowhere", 6, None, 15.0, 101.0),
            suspect(7, "NOWHERE", 7, None, 16.0, 102.0),
            // Branches of one company.
            suspect(8, "สาขาเหนือ", 8, Some("1234545678781"), 12.0, 101.0),
            suspect(9, "สาขาใต้", 8, Some("1234545678781"), 12.1, 101.0),
        ];
        assert_eq!(
            found(&suspects),
            [(1, 2, vec!["name", "distance"]), (6, 7, vec!["name"]), (4, 5, vec!["tax_id"]),]
        );
    }

    #[test]
    fn the_name_of_a_chain_says_nothing_by_itself() {
        let far: Vec<_> = (0..9).map(|n| suspect(n, "7-Eleven", n, None, 13.0 + n as f64, 100.0)).collect();
        assert_eq!(found(&far), []);
        let close = [far[0].clone(), suspect(77, "7-eleven", 77, None, 13.001, 100.0)];
        assert_eq!(found(&close), [(0, 77, vec!["name", "distance"])]);
    }

    #[test]
    fn branches_of_other_numbers_are_others() {
        let beside = |one: &str, other: &str| {
            found(&[suspect(1, one, 1, None, 13.75, 100.5), suspect(2, other, 1, None, 13.7503, 100.5)])
        };
        assert_eq!(beside("มินิมาร์ท สาขา 14", "มินิมาร์ท สาขา 15"), []);
        assert_eq!(beside("Mart 1/2", "Mart 12"), []);
        let both = [(1, 2, vec!["name", "distance"])];
        assert_eq!(beside("มินิมาร์ท สาขา 14", "มินิมาร์ท สาขา ๑๔"), both);
        assert_eq!(beside("Mart 007", "mart 7"), both);
        assert_eq!(beside("Mart branch 7", "Mart branch"), both);
    }

    #[test]
    fn thousands_at_one_point_take_no_pass_over_all_pairs() {
        let crowd: Vec<_> = (0..20_000)
            .map(|n| {
                // Numbers would keep them apart.
                let name: String =
                    format!("{:05}", n * 7919 % 20_000).bytes().map(|b| char::from(b + 49)).collect();
                suspect(n, &format!("ร้านที่ {name}"), n, None, 13.75, 100.5)
            })
            .collect();
        let most = 20_000 * MOST_BESIDE;
        assert!(pairs(&crowd).len() < most);
    }

    proptest! {
        /// Where few lie close together, the grid finds what comparing all with all finds.
        #[test]
        fn the_grid_misses_nothing(places in prop::collection::vec(("[ab]{2,4}", 0u8..4, 0u8..4, 0u128..4), 0..12)) {
            let suspects: Vec<_> = (0u128..)
                .zip(&places)
                .map(|(n, (name, lat, lng, company))| {
                    let [lat, lng] = [*lat, *lng].map(|step| f64::from(step) * 0.0011);
                    suspect(n, name, *company, None, 13.0 + lat, 100.0 + lng)
                })
                .collect();
            let names: Vec<_> = suspects.iter().map(|s| Folded::of(&s.name)).collect();
            let mut all = HashSet::new();
            for a in 0..suspects.len() {
                for b in a + 1..suspects.len() {
                    let same = names[a].text == names[b].text;
                    let group = names.iter().filter(|name| name.text == names[a].text).count();
                    if let Some(pair) = judge(&suspects[a], &suspects[b], &names[a], &names[b])
                        && (pair.reasons.contains(&Likeness::Distance) || (same && group <= MOST_OF_A_NAME))
                    {
                        all.insert((pair.one, pair.other));
                    }
                }
            }
            let grid: HashSet<_> = pairs(&suspects).into_iter().map(|pair| (pair.one, pair.other)).collect();
            prop_assert_eq!(grid, all);
        }
    }
}
