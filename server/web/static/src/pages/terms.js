/** What deadlines go by: the categories of matters with their terms, and the working calendar. */
import { byId } from "../lib/dom.js";
import { showCategories } from "../lib/categories.js";
import { frame } from "../lib/frame.js";
import { tabs } from "../lib/tabs.js";
import { showCalendar } from "../lib/workdays.js";

frame();
tabs(["categories", "calendar"], (name) => void (name === "calendar" ? showCalendar(byId("calendar")) : showCategories(byId("categories"))));
