/** Written in by frontend/build.mjs: the release a service worker keeps. */
declare const RELEASE: { version: string; files: { path: string; digest: string }[] };
