/** Recording a voice message with the microphone. */

const FORMATS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const BITS_PER_SECOND = 32_000;
const LEVEL_GAIN = 1.5;

/** Why no recording began: "refused", "missing", "impossible" or "elsewhere". */
export class RecordingFailed extends Error {}

let recording = null;

/** Whether a recording runs in this page. */
export const isRecording = () => recording !== null;

export class Recording {
  /**
   * Ask for the microphone and begin.
   * @throws {RecordingFailed}
   */
  static async begin() {
    if (recording) throw new RecordingFailed("elsewhere");
    if (!navigator.mediaDevices || !window.MediaRecorder) throw new RecordingFailed("impossible");
    const begun = new Recording();
    recording = begun;
    try {
      await begun.open();
    } catch (error) {
      begun.release();
      if (error.name === "NotFoundError") throw new RecordingFailed("missing");
      if (error.name === "NotAllowedError") throw new RecordingFailed("refused");
      throw new RecordingFailed("impossible");
    }
    return begun;
  }

  async open() {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = FORMATS.find((format) => MediaRecorder.isTypeSupported(format));
    this.recorder = new MediaRecorder(this.stream, {
      mimeType,
      audioBitsPerSecond: BITS_PER_SECOND,
    });
    this.pieces = [];
    this.recorder.addEventListener("dataavailable", ({ data }) => {
      if (data.size) this.pieces.push(data);
    });
    this.context = new AudioContext();
    this.meter = this.context.createAnalyser();
    this.meter.fftSize = 1024;
    this.context.createMediaStreamSource(this.stream).connect(this.meter);
    this.samples = new Float32Array(this.meter.fftSize);
    this.recorder.start(1000);
    this.began_ms = performance.now();
  }

  /** Seconds since it began. */
  length_s() {
    return (performance.now() - this.began_ms) / 1000;
  }

  /** Loudness now, 0 to 1; the root spreads quiet speech over more of the meter. */
  level() {
    this.meter.getFloatTimeDomainData(this.samples);
    let power = 0;
    for (const sample of this.samples) power += sample * sample;
    const rms = Math.sqrt(power / this.samples.length);
    return Math.min(1, LEVEL_GAIN * Math.sqrt(rms));
  }

  /** End it; the file and its length in whole seconds, or null when nothing was heard. */
  async finish() {
    const length_s = this.length_s();
    await new Promise((resolve) => {
      this.recorder.addEventListener("stop", resolve, { once: true });
      if (this.recorder.state === "inactive") resolve();
      else this.recorder.stop();
    });
    this.release();
    if (!this.pieces.length) return null;
    const type = this.recorder.mimeType.split(";")[0];
    const file = new Blob(this.pieces, { type });
    const ending = type.split("/")[1];
    return { file, file_name: `voice.${ending}`, duration: Math.max(1, Math.round(length_s)) };
  }

  /** Give the microphone back; what was recorded is kept only by `finish`. */
  release() {
    if (this.recorder?.state === "recording") this.recorder.stop();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.context?.close();
    if (recording === this) recording = null;
  }
}
