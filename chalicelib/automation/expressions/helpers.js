// What a script may call beyond plain JavaScript, loaded into the context of the scripts that mention any of it.
// The comment above each function is its reference page (GET …/steps/functions) and its examples are its tests.
'use strict';
// One clock: the caller's. One time zone: UTC, wherever this runs.
class VirtualDate extends __host.Date {
  constructor(...args) {
    if (args.length === 0) super(__host.now);
    else if (args.length === 1) super(typeof args[0] === 'string' ? VirtualDate.parse(args[0]) : args[0]);
    else super(__host.Date.UTC(...args));
  }
  static now() { return __host.now; }
  static parse(text) {
    text = String(text);
    return __host.Date.parse(/T\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? text + 'Z' : text);
  }
  getTimezoneOffset() { return 0; }
}
for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
  VirtualDate.prototype['get' + part] = __host.Date.prototype['getUTC' + part];
  if (part !== 'Day') VirtualDate.prototype['set' + part] = __host.Date.prototype['setUTC' + part];
}
globalThis.Date = VirtualDate;

Math.random = () => {  // mulberry32: the same seed gives the same run
  const seed = __host.seed = (__host.seed + 0x6D2B79F5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

const __instant = (value) => {
  const ms = value instanceof Date ? value.getTime() : typeof value === 'number' ? value : Date.parse(value);
  if (Number.isNaN(ms)) throw new Error(`Not a date or a timestamp: ${value}`);
  return ms;
};
const __seconds = (text) => {
  const parts = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
  if (!parts) throw new Error(`Not a time of day (HH:mm:ss): ${text}`);
  return parts[1] * 3600 + parts[2] * 60 + Number(parts[3] ?? 0);
};
const __localDate = (ms, timeZone) => new Date(ms + __ask('offset', timeZone, ms) * 1000);
const __days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const __months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September',
  'October', 'November', 'December'];

/**
 * Checks if a phone number belongs to a country. Understands numbers with and without "+" and WhatsApp user ids that start with a country code.
 * @param {string} phoneNumber ("+6512345678") Phone number or channel user id.
 * @param {string} country ("SG") Two letter country code (not case sensitive).
 * @example isCountryCode('+6512345678', 'SG') // true
 * @example isCountryCode('628123456789', 'id') // true
 * @example isCountryCode('US.1349876543210', 'US') // true
 * @example isCountryCode('+6512345678', 'MY') // false
 */
function isCountryCode(phoneNumber, country) {
  if (phoneNumber == null || country == null) return false;
  return __ask('country', String(phoneNumber)) === String(country).toUpperCase();
}

/**
 * Checks if a text contains another. Given a list of values, checks if the text contains any of them.
 * @param {string} source ("hello, world") Text to search in.
 * @param {string} value ("wor") Text, or list of texts, to look for.
 * @param {boolean} [ignoreCase=false] (true) Whether upper and lower case are the same.
 * @example stringContains('hello, world', 'wor', true) // true
 * @example stringContains('hello, world', 'WOR') // false
 * @example stringContains('I want to STOP', ['stop', 'cancel'], true) // true
 */
function stringContains(source, value, ignoreCase = false) {
  if (source == null || value == null) return false;
  const fold = (text) => ignoreCase ? String(text).toLowerCase() : String(text);
  return [value].flat().some((one) => fold(source).includes(fold(one)));
}

/**
 * Checks if a timestamp, seen on the clocks of a time zone, falls between two times of day. Both ends are inside; a range that ends before it starts spans midnight.
 * @param {string} timestamp ("2020-10-15T14:40:15+07:00") Timestamp. Standard datetime formats are supported.
 * @param {string} from ("09:00:00") First second of the range.
 * @param {string} to ("18:00:00") Last second of the range.
 * @param {string} [timeZone="UTC"] ("Singapore Standard Time") Windows or IANA time zone id, see the list of time zones.
 * @example isTimeOfDayBetween('2020-10-15T14:40:15+07:00', '09:00:00', '18:00:00', 'Singapore Standard Time') // true
 * @example isTimeOfDayBetween('2020-10-15T18:00:00Z', '09:00:00', '18:00:00') // true
 * @example isTimeOfDayBetween('2020-10-15T18:00:01Z', '09:00:00', '18:00:00', 'Etc/UTC') // false
 * @example isTimeOfDayBetween('2020-10-15T23:30:00Z', '22:00:00', '06:00:00') // true
 */
function isTimeOfDayBetween(timestamp, from, to, timeZone = 'UTC') {
  const local = __localDate(__instant(timestamp), timeZone);
  const at = local.getUTCHours() * 3600 + local.getUTCMinutes() * 60 + local.getUTCSeconds();
  const first = __seconds(from), last = __seconds(to);
  return first <= last ? first <= at && at <= last : at >= first || at <= last;
}

/**
 * Checks if a date or timestamp falls on a given day of the week. Without a time zone the date counts as it is written.
 * @param {string} timestamp ("2021-05-25") Date or a timestamp. Standard date and datetime formats are supported.
 * @param {string} day ("Monday") Day of the week (not case sensitive).
 * @param {string} [timeZone=null] ("Asia/Singapore") Windows or IANA time zone id on whose calendar the timestamp is read.
 * @example isDayOfWeek('2021-05-25', 'Tuesday') // true
 * @example isDayOfWeek('2021-05-25T23:30:00-05:00', 'tuesday') // true
 * @example isDayOfWeek('2021-05-25T23:30:00-05:00', 'Wednesday', 'UTC') // true
 */
function isDayOfWeek(timestamp, day, timeZone = null) {
  const written = /^\d{4}-\d\d-\d\d/.exec(timestamp);
  const local = timeZone == null ? new Date(__instant(written ? written[0] : timestamp))
    : __localDate(__instant(timestamp), timeZone);
  return __days[local.getUTCDay()].toLowerCase() === String(day).toLowerCase();
}

/**
 * Makes a new unique id.
 * @example uuid().length // 36
 * @example uuid() === uuid() // false
 */
function uuid() {
  return __nextId();
}

/**
 * The current time as an ISO 8601 timestamp in UTC.
 * @example now() // "2026-01-05T08:30:00.000Z"
 * @example isDayOfWeek(now(), 'Monday') // true
 */
function now() {
  return new Date(__host.now).toISOString();
}

/**
 * Writes a date or timestamp as text, on the clocks of a time zone. Pattern letters: yyyy yy MMMM MMM MM M dddd ddd dd d HH H hh h mm ss fff tt zzz; text between single quotes stays as it is.
 * @param {string} timestamp ("2026-01-05T08:30:00Z") Date or a timestamp.
 * @param {string} [pattern="yyyy-MM-dd HH:mm:ss"] ("dddd d MMMM, HH:mm") What to write.
 * @param {string} [timeZone="UTC"] ("Asia/Singapore") Windows or IANA time zone id.
 * @example formatDate('2026-01-05T08:30:00Z', 'dddd d MMMM, HH:mm', 'Asia/Singapore') // "Monday 5 January, 16:30"
 * @example formatDate('2026-01-05T08:30:00Z') // "2026-01-05 08:30:00"
 * @example formatDate('2026-07-01T20:05:09Z', "yy-M-d h:mm tt 'in' zzz", 'W. Europe Standard Time') // "26-7-1 10:05 PM in +02:00"
 */
function formatDate(timestamp, pattern = 'yyyy-MM-dd HH:mm:ss', timeZone = 'UTC') {
  const ms = __instant(timestamp), offset = __ask('offset', timeZone, ms), t = new Date(ms + offset * 1000);
  const two = (n) => String(n).padStart(2, '0');
  const hours = t.getUTCHours(), twelve = hours % 12 || 12, year = String(t.getUTCFullYear()).padStart(4, '0');
  const month = __months[t.getUTCMonth()], day = __days[t.getUTCDay()], minutes = Math.abs(offset) / 60;
  const parts = {
    yyyy: year, yy: year.slice(-2), MMMM: month, MMM: month.slice(0, 3), MM: two(t.getUTCMonth() + 1),
    M: t.getUTCMonth() + 1, dddd: day, ddd: day.slice(0, 3), dd: two(t.getUTCDate()), d: t.getUTCDate(),
    HH: two(hours), H: hours, hh: two(twelve), h: twelve, mm: two(t.getUTCMinutes()), m: t.getUTCMinutes(),
    ss: two(t.getUTCSeconds()), s: t.getUTCSeconds(), fff: String(t.getUTCMilliseconds()).padStart(3, '0'),
    tt: hours < 12 ? 'AM' : 'PM', zzz: (offset < 0 ? '-' : '+') + two(Math.floor(minutes / 60)) + ':' + two(Math.floor(minutes % 60)),
  };
  return pattern.replace(/'([^']*)'|y{2,4}|M{1,4}|d{1,4}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|fff|tt|zzz/g,
    (found, quoted) => quoted !== undefined ? quoted : parts[found] ?? found);
}

/**
 * Reads a text as JSON, for instance the answers of a WhatsApp Flow. A text that is not JSON gives null.
 * @param {string} text ("{\"size\": 42}") JSON text.
 * @example json('{"size": 42}').size // 42
 * @example json('<html>') // null
 */
function json(text) {
  if (typeof text !== 'string') return text;
  try { return JSON.parse(text); } catch { return null; }
}
