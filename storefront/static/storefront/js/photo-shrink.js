/* A photo as small as it needs to be, before it travels: upright, and without place and camera. */
const QUALITY = 0.85;

/* A JPEG blob whose longest edge is at most ``edge`` pixels. What this browser cannot read (HEIC on many) stays as it is. */
export async function shrink(file, edge) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  // A telephone with little memory gets it back now, not when it is next tidied up.
  canvas.width = canvas.height = 0;
  return small ?? file;
}
