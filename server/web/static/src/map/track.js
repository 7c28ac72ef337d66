/**
 * One person's track: lines where it was measured, dashes where it was not, circles where they stayed.
 * @import {Stay, Track} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 * @import {Pointer} from "./pointing.js"
 */
import Feature from "ol/Feature.js";
import LineString from "ol/geom/LineString.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { t } from "../lib/desk.js";
import { clock, day, during, shortly } from "../lib/time.js";
import { stayKey } from "../lib/tracks.js";
import { gapStyle, stayStyle, trackEndStyle, trackStyles, trackTimeStyle } from "./marks.js";

const LEAST_M = 25;

/**
 * @param {DeskMap} desk
 * @param {Pointer} pointing
 */
export function trackLayer(desk, pointing) {
  const lines = new VectorSource();
  const stays = new VectorSource();
  const times = new VectorSource();
  const line = new VectorLayer({ source: lines, zIndex: 8, declutter: true, style: (feature) => feature.get("look") });
  const circle = new VectorLayer({
    source: stays,
    zIndex: 9,
    declutter: true,
    style: (feature) => stayStyle(feature.get("words"), pointing.now() === feature.get("key")),
  });
  circle.set("marks", true);
  desk.map.addLayer(circle);
  desk.map.addLayer(line);
  desk.map.addLayer(new VectorLayer({ source: times, zIndex: 40, declutter: true, style: (feature) => feature.get("look") }));
  pointing.hear((now, before) => [now, before].some((one) => one?.startsWith("stay:")) && circle.changed());

  /** @param {number[][]} places @returns {number[][]} */
  const drawn = (places) => places.map(([lng, lat]) => desk.place(Number(lng), Number(lat)));

  /** @param {Track} track */
  function putLines(track) {
    const measured = new Feature(new MultiLineString(track.pieces.map(drawn)));
    measured.set("look", trackStyles(), true);
    lines.addFeature(measured);
    for (const gap of track.gaps) {
      const between = new Feature(new LineString(drawn(gap.line)));
      between.set("look", gapStyle(), true);
      lines.addFeature(between);
    }
  }

  /** @param {number[] | undefined} place @param {string} words */
  function putEnd(place, words) {
    if (!place) return;
    const end = new Feature(new Point(desk.place(Number(place[0]), Number(place[1]))));
    end.set("look", trackEndStyle(), true);
    lines.addFeature(end);
    const time = end.clone();
    time.set("look", trackTimeStyle(words), true);
    times.addFeature(time);
  }

  /** @param {Stay} stay */
  function putStay(stay) {
    const feature = new Feature(desk.disc(stay.lng, stay.lat, Math.max(stay.radius_m, LEAST_M)));
    feature.setProperties({ key: stayKey(stay), words: during(stay.from, stay.to) }, true);
    stays.addFeature(feature);
  }

  return {
    /** @param {Track | null} track null for none */
    show(track) {
      lines.clear(true);
      stays.clear(true);
      times.clear(true);
      if (!track || !track.from || !track.to) return;
      putLines(track);
      const when = day(track.from) === day(track.to) ? clock : shortly;
      putEnd(track.pieces[0]?.[0], t("起 {at}", { at: when(track.from) }));
      putEnd(track.pieces.at(-1)?.at(-1), t("止 {at}", { at: when(track.to) }));
      track.stays.forEach(putStay);
    },
    /** @returns {import("ol/extent.js").Extent | undefined} */
    extent: () => (lines.isEmpty() ? undefined : lines.getExtent() || undefined),
  };
}
