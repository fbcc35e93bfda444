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
/// begins at the first stop. The way does not lead back. The same stops always give the same order.
///
/// Nearest neighbour first, then 2-opt (Croes 1958): pieces of the way are turned round as long as that shortens it.
/// The work grows with the square of the number of stops.
pub fn order(start: Option<Position>, stops: &[Position]) -> Vec<usize> {
    let Some(&first) = stops.first() else { return Vec::new() };
    // The way begins at the head, which is no part of what is put in order.
    let head = start.unwrap_or(first);
    let mut way = nearest_neighbour(head, stops, usize::from(start.is_none()));
    let leg = |from: usize, to: usize| stops[from].distance_m(stops[to]);
    for _ in 0..MOST_ROUNDS {
        let mut shorter = false;
        for i in usize::from(start.is_none())..way.len() {
            for j in i + 1..way.len() {
                let into = |to: usize| if i == 0 { head.distance_m(stops[to]) } else { leg(way[i - 1], to) };
                let out = |from: usize| way.get(j + 1).map_or(0.0, |next| leg(from, *next));
                let saved = into(way[i]) + out(way[j]) - into(way[j]) - out(way[i]);
                if saved > LEAST_SAVED_M {
                    way[i..=j].reverse();
                    shorter = true;
                }
            }
        }
        if !shorter {
            break;
        }
    }
    way
}

/// Always on to the nearest stop not seen yet; the first `fixed` stops come first.
fn nearest_neighbour(head: Position, stops: &[Position], fixed: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (fixed..stops.len()).collect();
    let mut way: Vec<usize> = (0..fixed).collect();
    let mut here = head;
    while let Some(at) = (0..left.len()).min_by(|a, b| {
        let far = |at: &usize| here.distance_m(stops[left[*at]]);
        far(a).total_cmp(&far(b))
    }) {
        let next = left.remove(at);
        here = stops[next];
        way.push(next);
    }
    way
}
