/**
 * The shapes that go over the wire, as the server's API under /api/v1 names them.
 * Times are ISO 8601 in UTC; positions are WGS-84 degrees; `_m`, `_s` are metres and seconds.
 */

export type Lang = "zh" | "en";
export type Pair = { zh: string; en: string };
export type Named = { id: number; name: string };

export type Problem = {
  code: string;
  status: number;
  title: string;
  title_en: string;
  fields?: Record<string, Pair[]>;
  facts?: Record<string, unknown>;
  retry_after_s?: number;
};

export type Role = "cadre" | "grid_member" | "supervisor" | "leader" | "administrator" | "auditor";
export type Me = {
  id: number;
  username: string;
  name: string;
  post: string;
  unit: { id: number; name: string; kind: string };
  roles: { role: Role; unit: Named }[];
  permissions: string[];
};

export type Tokens = {
  access_token: string;
  access_expires_at: string;
  refresh_token: string;
  session_id: string;
  must_change_password: boolean;
  person: Me;
};

export type Device = {
  id: string;
  device_name: string;
  kind: "app" | "browser";
  created_at: string;
  last_used_at: string;
  expires_at: string;
  current: boolean;
};

export type TripState = "draft" | "submitted" | "returned" | "approved" | "under_way" | "completed" | "cancelled";
export type Level = "checkins" | "track";
export type Consent = { level: Level; given_at: string; withdrawn_at: string | null };
export type Erased = { trip_id: number; goes_on: boolean; words_zh: string; words_en: string };

export type ConsentWords = {
  words_zh: string;
  words_en: string;
};

export type Member = { id: number; name: string; unit: Named; leading: boolean; consent: Consent | null };
export type Stop = {
  id: number;
  position: number;
  name: string;
  area_id: number | null;
  area_name: string | null;
  lng: number | null;
  lat: number | null;
  radius_m: number | null;
  tolerance_m: number | null;
  planned_from: string | null;
  planned_to: string | null;
  host_enterprise: string | null;
};

export type Household = { id: number; door: string; name: string; concern: string; last_on: string | null; due_on: string };
export type Patrol = {
  id: number; trip_id: number | null; title: string; unit: Named; area: Named | null; opens_at: string; closes_at: string; walkers: { id: number; name: string }[]; in_order: boolean;
  points: { id: number | null; state: "open" | "reached" | "told" | "out_of_order" | "outside"; at: string | null }[];
  started_at: string | null; route: number[][]; share: number | null;
};
export type Trip = {
  patrol_id: number | null;
  patrol: { id: number; state: "due" | "under_way" | "done" | "partly_done" | "missed" | "called_off"; opens_at: string; closes_at: string } | null;
  id: number;
  title: string;
  aim: string;
  purpose: "ordinary" | "safety" | "emergency";
  basis: string | null;
  chain: string | null;
  destination: string | null;
  destination_area_id: number | null;
  tracking: "none" | Level;
  photos_required: boolean;
  state: TripState;
  revision: number;
  unit: Named;
  leader: Named | null;
  members: Member[];
  starts_on: string;
  ends_on: string;
  stops?: Stop[];
  started_at: string | null;
  start_known_at: string | null;
  ended_at: string | null;
  returned_because: string | null;
  lapsed_at: string | null;
  overran_h: number | null;
  cancelled_because: string | null;
  outcome: string | null;
  may: string[];
};

export type Area = { id: number; code: string; name: string; kind: string; parent_id: number | null; retired_at: string | null };
export type Companion = { id: number; name: string; unit: Named };

/** A stop as planned: an area, or a point with a radius. */
export type StopPlan = {
  name: string;
  area_id: number | null;
  lng: number | null;
  lat: number | null;
  radius_m: number | null;
  tolerance_m: number;
  planned_from: string | null;
  planned_to: string | null;
  host_enterprise: string;
};

export type Plan = {
  title: string;
  aim: string;
  purpose: Trip["purpose"];
  basis: string;
  chain: string;
  destination: string;
  destination_area_id: number | null;
  tracking: Trip["tracking"];
  photos_required: boolean;
  starts_on: string;
  ends_on: string;
  member_ids: number[];
  stops: StopPlan[];
  revision?: number;
};

/** Fixes by column; times in epoch seconds. */
export type Columns = {
  lng: number[];
  lat: number[];
  fixed_at: number[];
  accuracy_m: (number | null)[];
  speed_mps: (number | null)[];
  heading_deg: (number | null)[];
};
export type Taken = { kept: number; set_aside: Record<string, number> };

export type Tracker = {
  id: number;
  kind: string;
  name: string;
  created_at: string;
  revoked_at: string | null;
  last_seen_at: string | null;
  battery: number | null;
  charging: boolean | null;
};
export type SetAsideDay = { day: string; count: number; reasons: (Pair & { reason: string; count: number })[] };
export type Added = { tracker: Tracker; setup: { link: string; qr: string; typed: (Pair & { value: string })[] } };

export type Kind = "arrive" | "visit" | "leave" | "patrol" | "note";
export type VisitKind = "outbound" | "reception" | "enterprise_help" | "household";
export type Visit = {
  kind: VisitKind;
  enterprise: string;
  contact: string;
  contact_post: string;
  topic: string;
  outcome: string;
  amount: string | null;
  amount_unit: string;
  next_step: string;
  next_on: string | null;
};

export type CheckinIn = {
  id: string;
  trip_id: number | null;
  stop_id: number | null;
  kind: Kind;
  lng?: number;
  lat?: number;
  datum?: "WGS-84";
  accuracy_m?: number;
  accuracy_source?: "browser";
  fixed_at?: string;
  made_at: string;
  sent_at?: string;
  mock: boolean;
  note: string;
  consent: boolean;
  visit: Visit | null;
  photo_count: number;
};

/** How far a photo has come. */
export type Sent = { id: string; size: number; received: number; kept: boolean; erased: boolean };
/** A photo of a record that has arrived. */
export type PhotoOf = { id: string; number: number; width: number | null; height: number | null; erased: boolean };

export type Outcome = "inside" | "uncertain" | "outside" | "not_judged";
export type Verdict = {
  outcome: Outcome;
  edge_m: number | null;
  accuracy_used_m: number | null;
  accuracy_assumed: boolean;
  against: null | { kind: string; id: number; name: string; area_id: number | null; version: number | null };
  why: string | null;
  zh: string;
  en: string;
};

export type Withheld =
  "no_position" | "no_consent" | "not_tracked" | "not_on_duty" | "start_not_known" | "reason_needed" | "erased";

export type Review = { id: number; kind: "accept" | "query" | "answer" | "lapse"; by: Named | null; note: string; at: string };
export type Checkin = {
  id: string;
  number: number;
  person: Named;
  unit: Named;
  trip: { id: number; title: string } | null;
  stop: Named | null;
  kind: Kind;
  ad_hoc: boolean;
  fixed_at: string | null;
  made_at: string;
  received_at: string;
  happened_at: string;
  position: null | { lng: number; lat: number; accuracy_m: number | null };
  position_withheld: null | Withheld;
  verdict: Verdict;
  areas: { id: number; code: string; name: string; kind: string; version: number }[];
  window: null | "early" | "on_time" | "late";
  window_s: number | null;
  signals: { code: string; zh: string; en: string }[];
  note: string;
  visit: Visit | null;
  photo_count: number;
  photos: PhotoOf[];
  reviews: Review[];
};

export type Met = {
  enterprise: string;
  contact: string;
  contact_post: string;
  outcome: string;
  next_step: string;
  next_on: string | null;
};
/** What one wrote, as the server has it: its id, and its texts by name. */
export type Saved = { id: string; at: string } & Record<string, string>;
export type Entry = {
  checkin_id: string;
  at: string;
  kind: Kind;
  trip: { id: number; title: string } | null;
  place: string;
  note: string;
  supplement: Saved | null;
  met: Met;
};
export type LogDay = { day: string; open: boolean; planned: string; words: Saved | null; entries: Entry[] };
export type TripRow = {
  id: number;
  title: string;
  destination: string;
  chain: string;
  started_at: string;
  ended_at: string | null;
  days_away: number;
};
/** My log of a day, a week or a month. */
export type OwnLog = {
  days: LogDay[];
  trips: TripRow[];
  days_away: number;
  ahead: { trip: { id: number; title: string }; stop: string; from: string }[];
  cut: boolean;
};

export type Look = {
  at: string;
  by: { id: number; name: string; unit?: Named | string | null };
  trip: { id: number; title: string } | null;
  reason: string;
  door: string;
};

/** A planned stop that one's own track says one reached, and the check-in that would confirm it. */
export type Arrival = {
  stop: Named;
  arrived_at: string;
  left_at: string;
  verdict: { outcome: Outcome; edge_m: number | null } & Pair;
  checkin: Omit<CheckinIn, "id" | "made_at" | "mock" | "note" | "consent" | "visit" | "fixed_at"> & { fixed_at: string };
};

export type Matter = {
  id: number;
  kind: "complaint" | "suggestion" | "patrol" | "visit" | "enterprise" | "leader" | "other";
  text: string;
  page: string;
  state: "reported" | "refused" | "accepted" | "assigned" | "handled" | "verified" | "closed" | "merged";
  reported_at: string;
  answers: { by: Named; text: string; at: string }[];
};

export type MatterKind = "patrol" | "visit" | "enterprise" | "other";

/** A matter as it is reported, under an id of the phone's own. */
export type MatterIn = {
  told_as: string;
  patrol_id?: number | null;
  kind: MatterKind;
  category_id: number;
  text: string;
  place: string;
  lng: number | null;
  lat: number | null;
  photo_count: number;
};

export type Category = { id: number; parent_id: number | null; name: string; kind: MatterKind | null };

/** A matter that may be what one is about to report. */
export type Known = { id: number; state: Matter["state"]; reported_at: string; text: string | null };

export type Notice = {
  id: number; kind: string; at: string; words: Pair; urgent: boolean; read: boolean;
  about: { noun: string; id: string; trip_id: number | null };
};
export type Unread = { unread: number; urgent: number; newest: number };
export type Page<T> = { items: T[]; next: string | null };

/** A GeoJSON answer: one feature, or a collection of them. */
export type Shape = {
  type: string;
  geometry?: { type: string; coordinates: unknown } | null;
  properties?: Record<string, unknown>;
  features?: { geometry: { type: string; coordinates: unknown } | null; properties?: Record<string, unknown> }[];
};
