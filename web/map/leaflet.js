// The ES build by its path: the package's main entry is UMD, which would put L on window.
export { Map, GridLayer, TileLayer, Marker, DivIcon, Circle, Polyline, LatLng, LatLngBounds, Point, DomEvent, Util, Browser, setOptions } from "leaflet/dist/leaflet-src.esm.js";
import * as leaflet from "leaflet/dist/leaflet-src.esm.js";
export default leaflet;
