//! A short way through the stops of a day, as the crow flies.

use crate::geo::Position;

/// Far more than any day's stops need; it only bounds the work.
const MOST_ROUNDS: usize = 100;
/// What a change must save to be one, in metres. Less could be rounding, and go on for ever.
const LEAST_SAVED_M: f64 = 0.001;

/// The way from `start` through the stops in this order, in metres; without a start, from the first stop.
pub fn length_m(start: Option<Position>, stops: &[Position]) -> f64 {
    let way: Vec<Position> = start.into_iter().chain(stops.iter().copied()).collect();
    way.windows(2).map(|leg| leg[0].distance_m(leg[1])).sum()
}

/// The indices of `stops` in an order that makes the way from `start` through all of them short; without a start, it
/// begins at the first stop. The way does not lead back. The same stops always give the same order. The work of a
/// round grows with the cube of the number of stops, so it is for [`MOST_STOPS`](super::MOST_STOPS) or so.
///
/// Nearest neighbour first. Then, as long as it shortens the way, pieces of it are turned round (2-opt, Croes 1958) and
/// neighbouring pieces change places (Or 1976), which mends what turning alone gets stuck at.
pub fn order(start: Option<Position>, stops: &[Position]) -> Vec<usize> {
    let Some(&first) = stops.first() else { return Vec::new() };
    let legs = Legs::new(start.unwrap_or(first), stops);
    // Without a start the first stop stays where it is.
    let fixed = usize::from(start.is_none());
    let mut way = legs.nearest_neighbour(fixed);
    for _ in 0..MOST_ROUNDS {
        let turned = legs.turn_round(&mut way, fixed);
        let moved = legs.change_places(&mut way, fixed);
        if !turned && !moved {
            break;
        }
    }
    way
}

/// The distances between any two stops, and of each from where the way begins.
struct Legs {
    stops: usize,
    metres: Vec<f64>,
}

impl Legs {
    fn new(head: Position, stops: &[Position]) -> Self {
        let points = || stops.iter().chain([&head]);
        let metres = points().flat_map(|from| points().map(|to| from.distance_m(*to))).collect();
        Self { stops: stops.len(), metres }
    }

    /// Metres from what stands before place `at` of the way to a stop.
    fn into(&self, way: &[usize], at: usize, to: usize) -> f64 {
        let from = if at == 0 { self.stops } else { way[at - 1] };
        self.metres[from * (self.stops + 1) + to]
    }

    /// Metres from a stop to what stands at place `at` of the way; none from the last.
    fn on(&self, way: &[usize], from: usize, at: usize) -> f64 {
        way.get(at).map_or(0.0, |to| self.metres[from * (self.stops + 1) + to])
    }

    /// Always on to the nearest stop not seen yet; the first `fixed` stops come first.
    fn nearest_neighbour(&self, fixed: usize) -> Vec<usize> {
        let mut way: Vec<usize> = (0..self.stops).collect();
        for at in fixed..way.len() {
            let far = |n: &usize| self.into(&way, at, way[*n]);
            let nearest = (at..way.len()).min_by(|a, b| far(a).total_cmp(&far(b)));
            way.swap(at, nearest.unwrap_or(at));
        }
        way
    }

    /// Turns pieces round where that shortens the way; whether any was.
    fn turn_round(&self, way: &mut [usize], fixed: usize) -> bool {
        let mut shorter = false;
        for i in fixed..way.len() {
            for j in i + 1..way.len() {
                let is = self.into(way, i, way[i]) + self.on(way, way[j], j + 1);
                let would_be = self.into(way, i, way[j]) + self.on(way, way[i], j + 1);
                if is - would_be > LEAST_SAVED_M {
                    way[i..=j].reverse();
                    shorter = true;
                }
            }
        }
        shorter
    }

    /// Lets neighbouring pieces change places where that shortens the way; whether any did.
    fn change_places(&self, way: &mut [usize], fixed: usize) -> bool {
        let mut shorter = false;
        for i in fixed..way.len() {
            for j in i + 1..way.len() {
                for k in j..way.len() {
                    let (a, b, c, d) = (way[i], way[j - 1], way[j], way[k]);
                    let is = self.into(way, i, a) + self.on(way, b, j) + self.on(way, d, k + 1);
                    let would_be = self.into(way, i, c) + self.on(way, d, i) + self.on(way, b, k + 1);
                    if is - would_be > LEAST_SAVED_M {
                        way[i..=k].rotate_left(j - i);
                        shorter = true;
                    }
                }
            }
        }
        shorter
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};

    use super::{super::MOST_STOPS, *};

    fn at(lat: f64, lng: f64) -> Position {
        Position::new(lat, lng).unwrap()
    }

    fn anywhere() -> impl Strategy<Value = Position> {
        (-90.0..=90.0, -180.0..=180.0).prop_map(|(lat, lng)| at(lat, lng))
    }

    /// A city, so that stops lie on one another now and then.
    fn in_town() -> impl Strategy<Value = Position> {
        (0..200, 0..200).prop_map(|(n, e)| at(13.7 + f64::from(n) / 1000.0, 100.5 + f64::from(e) / 1000.0))
    }

    fn day() -> impl Strategy<Value = (Option<Position>, Vec<Position>)> {
        let town = (proptest::option::of(in_town()), vec(in_town(), 0..=MOST_STOPS));
        prop_oneof![town, (proptest::option::of(anywhere()), vec(anywhere(), 0..=MOST_STOPS))]
    }

    fn length(start: Option<Position>, stops: &[Position], order: &[usize]) -> f64 {
        length_m(start, &order.iter().map(|n| stops[*n]).collect::<Vec<_>>())
    }

    /// The shortest length there is, by trying every order.
    fn shortest(here: Option<Position>, left: &[Position]) -> f64 {
        let on = |n: usize| {
            let rest: Vec<_> = left[..n].iter().chain(&left[n + 1..]).copied().collect();
            here.map_or(0.0, |here| here.distance_m(left[n])) + shortest(Some(left[n]), &rest)
        };
        // Without a start the first stop comes first.
        let next = if here.is_none() { 0..left.len().min(1) } else { 0..left.len() };
        next.map(on).min_by(f64::total_cmp).unwrap_or(0.0)
    }

    fn nearest_neighbour(start: Option<Position>, stops: &[Position]) -> f64 {
        let (mut here, mut left, mut length) = (start.unwrap_or(stops[0]), stops.to_vec(), 0.0);
        while !left.is_empty() {
            let far = |n: &usize| left[*n].distance_m(here);
            let nearest = (0..left.len()).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap();
            length += far(&nearest);
            here = left.remove(nearest);
        }
        length
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn every_stop_is_there_once_and_the_same_way_comes_out_again((start, stops) in day()) {
            let way = order(start, &stops);
            let mut sorted = way.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..stops.len()).collect::<Vec<_>>());
            prop_assert!(start.is_some() || way.first().is_none_or(|first| *first == 0));
            prop_assert_eq!(order(start, &stops), way);
        }

        #[test]
        fn it_is_never_longer_than_always_going_to_the_nearest((start, stops) in day()) {
            prop_assume!(!stops.is_empty());
            let way = length(start, &stops, &order(start, &stops));
            prop_assert!(way <= nearest_neighbour(start, &stops) + 1.0, "{way}");
        }
    }

    #[test]
    fn it_is_nearly_the_shortest_there_is() {
        let mut runner = TestRunner::deterministic();
        for start in [true, false] {
            let (mut sum, mut count) = (0.0, 0.0);
            for _ in 0..300 {
                let draw = (in_town(), vec(in_town(), 1..=7)).new_tree(&mut runner).unwrap().current();
                let (start, stops) = (start.then_some(draw.0), draw.1);
                let (is, best) = (length(start, &stops, &order(start, &stops)), shortest(start, &stops));
                assert!(is <= best * 1.25 + 0.001, "{is} where {best} would do: {start:?} {stops:?}");
                sum += if best > 0.0 { is / best } else { 1.0 };
                count += 1.0;
            }
            assert!(sum / count < 1.05, "{}", sum / count);
        }
    }

    #[test]
    fn few_and_equal_stops_are_no_trouble() {
        let here = at(13.75, 100.5);
        assert_eq!(order(Some(here), &[]), [] as [usize; 0]);
        assert_eq!(order(None, &[here]), [0]);
        assert_eq!(order(Some(at(0.0, 0.0)), &[here]), [0]);
        assert_eq!(order(None, &[here; MOST_STOPS]), (0..MOST_STOPS).collect::<Vec<_>>());
        assert_eq!(
            (length_m(None, &[]), length_m(None, &[here]), length_m(Some(here), &[here])),
            (0.0, 0.0, 0.0)
        );
    }

    #[test]
    fn a_way_crosses_180_degrees() {
        let stops = [at(0.0, 179.0), at(0.0, -178.0), at(0.0, 178.0), at(0.0, -179.0)];
        assert_eq!(order(Some(at(0.0, 177.0)), &stops), [2, 0, 3, 1]);
        assert_eq!(order(None, &stops), [0, 2, 3, 1]);
        let degree_m = 111_195.0;
        assert!(
            (length_m(Some(at(0.0, 177.0)), &[stops[2], stops[0], stops[3], stops[1]]) / degree_m - 5.0)
                .abs()
                < 0.01
        );
    }

    #[test]
    fn what_going_to_the_nearest_gets_wrong_is_mended() {
        let start = Some(at(0.0, 0.0));
        // Only two pieces that change places make this one shorter.
        assert_eq!(order(start, &[at(-0.2, -0.2), at(-0.1, -0.1), at(0.1, -0.1)]), [2, 1, 0]);
        // And this one only a piece turned round.
        let stops = [at(0.2, 0.1), at(-0.2, 0.1), at(0.1, 0.3), at(0.4, 0.1), at(0.4, -0.2)];
        assert_eq!(order(start, &stops), [1, 2, 0, 3, 4]);
    }
}
