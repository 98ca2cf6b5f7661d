/** The mixer's sound: a loop for each kind, mixed by gains that follow the sliders at once. */

/**
 * Loops are Ogg Opus at this rate: the file names its first and its last sample, and a browser
 * that decodes at the same rate gives back exactly those, so that the end runs on into the
 * beginning (a minute is 2,880,000 samples; measured in Chromium). MP3 and AAC come back with
 * silence at both ends. FLAC and WAV would fit too, at five times the size and more.
 */
const LOOP_RATE_HZ = 48000;

/** A slider's highest place. */
export const MOST_LEVEL = 9;

const FADE_IN_S = 2;
const FOLLOW_S = 0.03; // as fast as a level may change without a click
const LEAVE_S = 0.4;
const AGAIN_S = 1; // up again where the end had begun and is put off
const LONGEST_ENDING_S = 600;
const ENDING = Float32Array.from({ length: 200 }, (_, i) => (1 - i / 199) ** 2);

/** The samples of a loop's file. */
export function decode(bytes) {
  return new OfflineAudioContext(1, 1, LOOP_RATE_HZ).decodeAudioData(bytes);
}

/** A context that plays loops as they are. A browser wants a tap for it. */
export function playing() {
  return new AudioContext({ sampleRate: LOOP_RATE_HZ, latencyHint: "playback" });
}

/**
 * Each kind's gain. As in the chat's sounds, powers are in the proportion of the numbers; their
 * sum grows up to that of one loop and then stays, so that no mix is too loud.
 */
export function gainsOf(levels) {
  const total = Object.values(levels).reduce((sum, level) => sum + level, 0);
  const most = Math.max(total, MOST_LEVEL);
  return Object.fromEntries(
    Object.entries(levels).map(([kind, level]) => [kind, Math.sqrt(level / most)]),
  );
}

export class Mix {
  /**
   * @param {BaseAudioContext} context of 48 kHz
   * @param {number} length_s after which it has grown quiet, slowly
   * @param {Object} levels a number from 0 to MOST_LEVEL for each kind
   */
  constructor(context, length_s, levels) {
    this.context = context;
    this.ending = new GainNode(context);
    this.ending.connect(context.destination);
    this.kinds = new Map();
    this.setLevels(levels);
    this.begun_s = context.currentTime;
    this.setLength(length_s);
  }

  /** Follow the sliders. */
  setLevels(levels) {
    const { context } = this;
    for (const [kind, gain] of Object.entries(gainsOf(levels))) {
      const known = this.kinds.get(kind);
      if (known) {
        known.level.gain.cancelScheduledValues(context.currentTime);
        known.level.gain.setTargetAtTime(gain, context.currentTime, FOLLOW_S);
      } else {
        const level = new GainNode(context, { gain });
        level.connect(this.ending);
        this.kinds.set(kind, { level, name: null, source: null, rise: null });
      }
    }
  }

  /** By which name a kind's loop was put; null where it does not sound. */
  nameOf(kind) {
    return this.kinds.get(kind)?.name ?? null;
  }

  /** Let a kind sound on from a loop, risen slowly; the one before goes as slowly. */
  put(kind, name, loop) {
    const { context } = this;
    const known = this.kinds.get(kind);
    if (known.source) leave(known, context.currentTime, FADE_IN_S);
    const rise = new GainNode(context, { gain: 0 });
    rise.gain.setValueAtTime(0, context.currentTime);
    rise.gain.linearRampToValueAtTime(1, context.currentTime + FADE_IN_S);
    const source = new AudioBufferSourceNode(context, { buffer: loop, loop: true });
    source.connect(rise).connect(known.level);
    source.start();
    Object.assign(known, { name, source, rise });
  }

  /**
   * Grow quiet by then, counted from the beginning, over the last third or ten minutes. The sound
   * card's clock keeps the time: that of a page nobody looks at is slow.
   */
  setLength(length_s) {
    const { gain } = this.ending;
    const now_s = this.context.currentTime;
    const ending_s = Math.min(LONGEST_ENDING_S, length_s / 3);
    this.ends_s = Math.max(this.begun_s + length_s, now_s + AGAIN_S + ending_s);
    gain.cancelScheduledValues(0);
    gain.setValueAtTime(gain.value, now_s);
    gain.linearRampToValueAtTime(1, now_s + AGAIN_S);
    gain.setValueCurveAtTime(ENDING, this.ends_s - ending_s, ending_s);
  }

  /** Seconds until all is quiet. */
  left_s() {
    return Math.max(0, this.ends_s - this.context.currentTime);
  }

  /** End without a click and let go of the sound card. */
  async leave() {
    const { context } = this;
    for (const known of this.kinds.values()) {
      if (known.source) leave(known, context.currentTime, LEAVE_S);
    }
    await new Promise((resolve) => setTimeout(resolve, LEAVE_S * 1000));
    await context.close();
  }
}

function leave({ rise, source }, now_s, fade_s) {
  rise.gain.cancelScheduledValues(0);
  rise.gain.setValueAtTime(rise.gain.value, now_s);
  rise.gain.linearRampToValueAtTime(0, now_s + fade_s);
  source.stop(now_s + fade_s);
}
