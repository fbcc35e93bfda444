export const VERDICTS = ["verified", "out_of_range", "unverifiable", "suspicious", "location"];

/** Colours of the drawn base map; everything made of elements is coloured in map-view.css. */
export const PALETTES = {
  light: {
    water: "#d9e2e9",
    land: "#f5f5f3",
    border: "#b9bfc7",
    province: "#d5d9de",
    river: "#c5d3de",
    city: "#3f4753",
    town: "#7b8492",
    country: "#8a93a1",
    halo: "rgba(245,245,243,.9)",
  },
  dark: {
    water: "#0d1720",
    land: "#1f252d",
    border: "#4a535f",
    province: "#323a44",
    river: "#15303f",
    city: "#b9c1cc",
    town: "#7f8a98",
    country: "#6f7a88",
    halo: "rgba(31,37,45,.9)",
  },
};

const verdictVar = { verified: "#15803d", out_of_range: "#c2410c", unverifiable: "#6b7280", suspicious: "#b91c1c", location: "#2f5bea" };

/** The ring around a cluster's count: each verdict takes its share. */
export function shares(counts, total) {
  let from = 0;
  const stops = [];
  for (const verdict of VERDICTS) {
    if (!counts[verdict]) continue;
    const to = from + (counts[verdict] / total) * 100;
    stops.push(`${verdictVar[verdict]} ${from.toFixed(1)}% ${to.toFixed(1)}%`);
    from = to;
  }
  return `conic-gradient(${stops.join(",")})`;
}
