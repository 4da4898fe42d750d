// Pictures made small on the phone. Drawn anew on a canvas they carry nothing but the picture:
// no position, no serial number of the camera (EXIF).

import { sha256 } from "./coding.js";

export const MOST_BYTES = 200_000;
const SIDES = [1280, 1024, 800, 640, 480, 320];
const QUALITIES = [0.8, 0.65, 0.5, 0.4];

const blobOf = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

function drawn(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// Return { data, sha256 } of a picture (ImageBitmap or canvas) in at most so many bytes.
export async function small(picture, most = MOST_BYTES) {
  let last;
  for (const side of SIDES) {
    const canvas = drawn(picture, side);
    for (const quality of QUALITIES) {
      last = await blobOf(canvas, quality);
      if (last.size <= most) {
        const data = await last.arrayBuffer();
        return { data, sha256: await sha256(data) };
      }
    }
  }
  const data = await last.arrayBuffer();
  return { data, sha256: await sha256(data) };
}

// A photo as the camera gave it; null where it is no picture that this phone can read.
export const readPicture = (file) => createImageBitmap(file).catch(() => null);

export const shown = (bytes) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.readAsDataURL(new Blob([bytes], { type: "image/jpeg" }));
});
