/** What is left of a Latin place name when spelling habits are taken away: "Mueang Lop Buri" and "Lopburi" are one. */
export const placeKey = (name) =>
  name
    .toLowerCase()
    .replace(/^(mueang|amphoe|khet) /, "")
    .replace(/ district$/, "")
    .replace(/[^a-z]/g, "");
