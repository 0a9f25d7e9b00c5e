// Runs first in every fresh context: closes what the host's limits do not cover and gives the scripts their scope.
// Kept small, it is paid for by every step; what only some scripts mention is in helpers.js.
'use strict';
const __run = (() => {
  const stringify = JSON.stringify, RealDate = Date;
  let answers = {}, wanted = null, ids = 0;

  // Facts JavaScript has not (time zones, numbering plans) are asked of the host: the script stops,
  // the host answers, the script runs again. It cannot be called back while a time limit is set.
  globalThis.__ask = (kind, ...key) => {
    const name = kind + ' ' + stringify(key);
    if (!(name in answers)) { wanted = [name, kind, key]; throw new Error('host question'); }
    return answers[name];
  };
  globalThis.__nextId = () => __ask('uuid', ids++);

  // No second way to compile code: the host reads each script before it runs. BigInt's conversion to
  // text is the one native loop that the time limit cannot interrupt.
  for (const f of [function () {}, function* () {}, async function () {}, async function* () {}])
    delete Object.getPrototypeOf(f).constructor;
  for (const name of ['eval', 'Function', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Date', 'performance'])
    delete globalThis[name];
  delete Math.random;
  delete DataView.prototype.getBigInt64;
  delete DataView.prototype.getBigUint64;

  const freeze = (value) => {
    if (value !== null && typeof value === 'object') { Object.freeze(value); Object.values(value).forEach(freeze); }
    return value;
  };
  globalThis.__begin = (scope) => {
    globalThis.data = freeze(scope.data);
    globalThis.step = freeze(scope.step);
    globalThis.__host = { Date: RealDate, now: scope.now, seed: scope.seed };
    delete globalThis.__begin;
  };
  return (script, limit, given) => {
    answers = given; wanted = null; ids = 0;
    try {
      const text = stringify(script());
      if (wanted === null) {
        if (text !== undefined && text.length > limit) throw new RangeError('the value is too large');
        return ['v ', text === undefined ? 'null' : text].join('');  // not +: the host cannot read a rope
      }
    } catch (error) { if (wanted === null) throw error; }
    return ['ask ', stringify(wanted)].join('');
  };
})();
