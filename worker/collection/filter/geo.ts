/**
Places inside a shape. Distances: haversine on a sphere.

@module
*/
import type { ValueTest } from './checked.js';
import type { GeoPoint } from './types.js';

/** Mean radius of the Earth in meters (IUGG), as in Qdrant. */
const earthRadius = 6371008.8;

const radians = Math.PI / 180;

/** Whether a place is inside. Longitude before latitude. */
export type PlaceTest = (lon: number, lat: number) => boolean;

/** The test of a shape, or nothing where it is another test. */
export function placeTest(test: ValueTest): PlaceTest | undefined {
  switch (test.type) {
    case 'box': {
      const { top_left, bottom_right } = test.box;
      const crosses = top_left.lon > bottom_right.lon;
      return (lon, lat) =>
        lat < top_left.lat &&
        lat > bottom_right.lat &&
        (crosses
          ? lon > top_left.lon || lon < bottom_right.lon
          : lon > top_left.lon && lon < bottom_right.lon);
    }
    case 'radius': {
      const { center, radius } = test.circle;
      // No place farther north or south than this can be inside; a little more, as both are rounded.
      const maxLat = (radius / earthRadius / radians) * 1.000001 + 1e-9;
      const cosLat = Math.cos(center.lat * radians);
      return (lon, lat) => {
        if (Math.abs(lat - center.lat) > maxLat) return false;
        const sinLat = Math.sin(((lat - center.lat) * radians) / 2);
        const sinLon = Math.sin(((lon - center.lon) * radians) / 2);
        const root = Math.sqrt(sinLat * sinLat + cosLat * Math.cos(lat * radians) * sinLon * sinLon);
        return 2 * earthRadius * Math.asin(Math.min(1, root)) < radius;
      };
    }
    case 'polygon': {
      const { exterior, interiors } = test;
      return (lon, lat) =>
        sideOf(exterior, lon, lat) > 0 && interiors.every((ring) => sideOf(ring, lon, lat) < 0);
    }
    default:
      return undefined;
  }
}

/** 1 inside, -1 outside, 0 on the ring: by how many of its sides a line to the east crosses. */
function sideOf(ring: readonly GeoPoint[], lon: number, lat: number): -1 | 0 | 1 {
  let isInside = false;
  for (let i = 1; i < ring.length; i++) {
    const a = ring[i - 1] as GeoPoint;
    const b = ring[i] as GeoPoint;
    const turn = (b.lon - a.lon) * (lat - a.lat) - (b.lat - a.lat) * (lon - a.lon);
    if (turn === 0 && isBetween(lon, a.lon, b.lon) && isBetween(lat, a.lat, b.lat)) return 0;
    if (a.lat > lat !== b.lat > lat && turn > 0 === b.lat > a.lat) isInside = !isInside;
  }
  return isInside ? 1 : -1;
}

function isBetween(value: number, a: number, b: number): boolean {
  return value >= Math.min(a, b) && value <= Math.max(a, b);
}
