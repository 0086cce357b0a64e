// Sounds made on the spot, without a file: a browser lets a page sound only after somebody has pressed something in it.
const NOTES = { report: [880, 1175], level: [587, 784, 1047, 1047] };
const NOTE_S = 0.16;
let audio = null;

/** Sounds the notes of `what`; false where the browser doesn't let the page sound yet. */
export function chime(what) {
  if (!globalThis.AudioContext || !navigator.userActivation?.hasBeenActive) return false;
  audio ??= new AudioContext();
  audio.resume();
  NOTES[what].forEach((hertz, place) => note(hertz, audio.currentTime + place * NOTE_S));
  return true;
}

function note(hertz, at) {
  const tone = new OscillatorNode(audio, { type: "triangle", frequency: hertz });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.35, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + NOTE_S * 1.6);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + NOTE_S * 2);
}
