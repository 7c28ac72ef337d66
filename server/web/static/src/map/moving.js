/**
 * How a map is moved by hand: by the first drag and the first turn of the wheel, wherever that takes nothing from the page.
 * @import MapBrowserEvent from "ol/MapBrowserEvent.js"
 */
import Kinetic from "ol/Kinetic.js";
import DragPan from "ol/interaction/DragPan.js";
import MouseWheelZoom from "ol/interaction/MouseWheelZoom.js";
import { all, focusWithTabindex, noModifierKeys, primaryAction } from "ol/events/condition.js";
import { defaults } from "ol/interaction/defaults.js";

/**
 * A map that fills its page is moved at once. On a page that scrolls, the wheel and a finger belong to the page until the
 * map is clicked; a mouse drags it always. No map is turned: there would be nothing to turn it back with.
 */
export function byHand() {
  const kinetic = new Kinetic(-0.005, 0.05, 100);
  return defaults({ altShiftDragRotate: false, pinchRotate: false, dragPan: false, mouseWheelZoom: false }).extend([
    new DragPan({ condition: all(noModifierKeys, primaryAction, (event) => byMouse(event) || ours(event)), kinetic }),
    new MouseWheelZoom({ condition: ours }),
  ]);
}

/** @param {MapBrowserEvent} event @returns {boolean} */
function byMouse(event) {
  return /** @type {PointerEvent} */ (event.originalEvent).pointerType !== "touch";
}

/** @param {MapBrowserEvent} event @returns {boolean} whether it is meant for the map rather than for the page */
function ours(event) {
  const page = document.documentElement;
  return page.scrollHeight <= page.clientHeight || focusWithTabindex(event);
}
