//! Positions on the globe and distances between them.

use geo::{Distance, Haversine, Point};
use serde::{Deserialize, Serialize};

/// Mean Earth radius in metres, as IUGG gives it and `geo::Haversine` uses it.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A number outside what a coordinate or length may be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OutOfRange {
    /// Degrees north, WGS 84.
    #[error("latitude must be between -90 and 90 degrees, not {0}")]
    Latitude(f64),
    /// Degrees east, WGS 84.
    #[error("longitude must be between -180 and 180 degrees, not {0}")]
    Longitude(f64),
    /// Metres.
    #[error("must be between 0 and 20,037,508 metres, not {0}")]
    Metres(f64),
}

macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $min:expr, $max:expr, $error:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            /// The plain number.
            pub fn get(self) -> f64 {
                self.0
            }
        }
        impl TryFrom<f64> for $name {
            type Error = OutOfRange;
            fn try_from(value: f64) -> Result<Self, OutOfRange> {
                if ($min..=$max).contains(&value) { Ok(Self(value)) } else { Err($error(value)) }
            }
        }
        impl From<$name> for f64 {
            fn from(value: $name) -> f64 {
                value.0
            }
        }
    };
}

bounded!(
    /// Degrees north of the equator, -90 to 90, WGS 84.
    Latitude, -90.0, 90.0, OutOfRange::Latitude
);
bounded!(
    /// Degrees east of Greenwich, -180 to 180, WGS 84.
    Longitude, -180.0, 180.0, OutOfRange::Longitude
);
bounded!(
    /// A length on the ground in metres, 0 to half the Earth's circumference.
    Metres, 0.0, 20_037_508.0, OutOfRange::Metres
);

/// A point on the ground.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north.
    pub lat: Latitude,
    /// Degrees east.
    pub lng: Longitude,
}

impl Position {
    /// Both numbers checked.
    pub fn new(lat: f64, lng: f64) -> Result<Self, OutOfRange> {
        Ok(Self { lat: lat.try_into()?, lng: lng.try_into()? })
    }

    /// Great-circle distance in metres (haversine).
    pub fn distance_m(self, other: Position) -> f64 {
        Haversine.distance(
            Point::new(self.lng.get(), self.lat.get()),
            Point::new(other.lng.get(), other.lat.get()),
        )
    }

    /// The point on the unit sphere. The squared straight line between two such points grows with their
    /// great-circle distance, so a database can order by it with nothing but sums and products.
    pub fn unit_vector(self) -> [f64; 3] {
        let (lat, lng) = (self.lat.get().to_radians(), self.lng.get().to_radians());
        [lat.cos() * lng.cos(), lat.cos() * lng.sin(), lat.sin()]
    }
}

/// The squared straight line between unit vectors that lie `metres` apart on the ground.
pub fn chord_squared(metres: f64) -> f64 {
    let half = (metres / EARTH_RADIUS_M / 2.0).min(std::f64::consts::FRAC_PI_2);
    4.0 * half.sin().powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn position() -> impl Strategy<Value = Position> {
        (-90.0..=90.0f64, -180.0..=180.0f64).prop_map(|(lat, lng)| Position::new(lat, lng).unwrap())
    }

    proptest! {
        #[test]
        fn a_chord_orders_as_the_distance_does(a in position(), b in position(), c in position()) {
            let chord = |p: Position, q: Position| {
                p.unit_vector().iter().zip(q.unit_vector()).map(|(x, y)| (x - y).powi(2)).sum::<f64>()
            };
            let (near, far) = (a.distance_m(b), a.distance_m(c));
            if far - near > 0.01 && far < 20_000_000.0 {
                prop_assert!(chord(a, b) < chord(a, c));
            }
            prop_assert!((chord(a, b) - chord_squared(near)).abs() < 1e-9);
        }

        #[test]
        fn only_numbers_in_range_become_coordinates(x in any::<f64>()) {
            prop_assert_eq!(Latitude::try_from(x).is_ok(), (-90.0..=90.0).contains(&x));
            prop_assert_eq!(Longitude::try_from(x).is_ok(), (-180.0..=180.0).contains(&x));
        }
    }

    #[test]
    fn nan_and_infinity_are_refused() {
        assert!(Latitude::try_from(f64::NAN).is_err());
        assert!(Metres::try_from(f64::INFINITY).is_err());
    }

    #[test]
    fn victory_monument_to_mo_chit_is_five_kilometres() {
        let a = Position::new(13.76494, 100.53828).unwrap();
        let b = Position::new(13.80258, 100.55384).unwrap();
        assert!((a.distance_m(b) - 4508.0).abs() < 30.0, "{}", a.distance_m(b));
    }
}
