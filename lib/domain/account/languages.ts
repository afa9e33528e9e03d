/** Language tags of an `Accept-Language` header by quality, without their regions. */
export function acceptedLanguages(header: string | undefined): string[] {
  const tags = (header ?? "").split(",").map((part) => {
    const [tag, ...parameters] = part.trim().split(";");
    const q = parameters.map((p) => /^\s*q=([0-9.]+)\s*$/.exec(p)?.[1])
      .find((value) => value !== undefined);
    return {
      tag: tag.split("-")[0].toLowerCase(),
      quality: q === undefined ? 1 : Number(q),
    };
  }).filter(({ tag, quality }) => /^[a-z]{2,8}$/.test(tag) && quality > 0);
  tags.sort((a, b) => b.quality - a.quality);
  return [...new Set(tags.map(({ tag }) => tag))];
}
