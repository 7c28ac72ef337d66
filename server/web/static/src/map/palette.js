/** The colours of what is drawn on maps: on paper, or on the dark of a wall. Words reach AA on what lies under them. */

/** @returns {boolean} whether the page is dark, as it says itself */
function isDark() {
  return typeof document !== "undefined" && document.documentElement?.dataset.theme === "dark";
}

const PAPER = {
  ink: "#1d2a33",
  faint: "#4f5963",
  halo: "rgba(255,254,251,.94)",
  person: "#0b4f6c",
  face: "#fff",
  rim: "#fff",
  lit: "#c8452d",
  seal: "200,69,45",
  name_px: 12,
  /** How much larger marks are than on a desk. */
  scale: 1,
  tints: ["#f5ead2", "#e3ecdd", "#f3e0da", "#dfe8ef", "#ece3ee", "#eceada"],
  /** Of areas, by kind where it matters: lines and names. */
  county: "#0b4f6c",
  line: "#8d8a78",
  fine: "#a9a592",
  area: "#43483f",
  village: "#5f6156",
  grid: "#62655b",
  park: { line: "#6a5a94", name: "#4f4276", fill: "rgba(125,108,168,.20)" },
  site: { line: "#8a5a12", name: "#6e4710", fill: "rgba(183,121,31,.16)" },
};

/** @type {typeof PAPER} */
const DARK = {
  ink: "#f4f8f9",
  faint: "#b9c6cd",
  halo: "rgba(10,22,29,.92)",
  person: "#7fd0f2",
  face: "#06222f",
  rim: "#06222f",
  lit: "#ff9d7a",
  seal: "255,157,122",
  name_px: 17,
  scale: 1.35,
  tints: ["#2a3a3f", "#24363c", "#2d3540", "#213a3a", "#30343f", "#2b3a35"],
  county: "#8fd0e6",
  line: "#64808c",
  fine: "#56707b",
  area: "#d3dfe4",
  village: "#b4c4cb",
  grid: "#a9bac2",
  park: { line: "#a594d6", name: "#cdc2f0", fill: "rgba(150,130,210,.26)" },
  site: { line: "#d7a04a", name: "#ecc787", fill: "rgba(215,160,74,.24)" },
};

export const dark = isDark();
export const palette = dark ? DARK : PAPER;
