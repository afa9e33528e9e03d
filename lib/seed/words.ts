import type { Random } from "./random.ts";

/** A language of the made-up content: its id in the language table, and words to mix. */
export interface Vocabulary {
  id: number;
  words: readonly string[];
  /** Share of posts in this language. */
  share: number;
}

const split = (text: string) => text.split(/\s+/);

export const VOCABULARIES: readonly Vocabulary[] = [
  {
    id: 0,
    share: 0.55,
    words: split(
      `the a new small old quiet river mountain winter garden kitchen bicycle library server keyboard camera telescope
      forest harbour island village machine engine pattern signal letter question answer story recipe coffee bread
      music guitar novel painting theatre history language school teacher student doctor patient planet comet orbit
      battery solar panel wind turbine grid cable network packet kernel compiler function library release update bug
      security privacy licence community moderator thread comment reader writer builds finds shows breaks mends
      explains compares measures releases paints cooks grows sells keeps loses wins after before without with about
      under over between better faster lighter cheaper safer simple complete open free public local weekly first last
      why how when where what nobody everybody someone people children engineers farmers researchers volunteers`,
    ),
  },
  {
    id: 37,
    share: 0.25,
    words: split(
      `today yesterday tomorrow maybe always never almost really another every other house window door street bridge
      market station train ticket journey weather rain snow summer spring autumn evening morning light shadow colour
      green blue red silver golden heavy soft round narrow wide long short strange familiar useful honest careful
      makes takes gives brings carries opens closes starts ends learns teaches reads writes listens sings plays walks`,
    ),
  },
  {
    id: 32,
    share: 0.08,
    words: split(
      `der die das neue kleine alte Garten Küche Fahrrad Bücherei Rechner Fluss Berg Winter Sommer Frage Antwort
      Geschichte Rezept Kaffee Brot Musik baut findet zeigt erklärt vergleicht misst malt kocht wächst warum wie wann
      wo niemand jeder Leute Kinder ohne mit über unter zwischen besser schneller leichter sicher einfach offen frei`,
    ),
  },
  {
    id: 47,
    share: 0.05,
    words: split(
      `le la les nouvelle petit vieux jardin cuisine vélo bibliothèque rivière montagne hiver été question réponse
      histoire recette café pain musique construit trouve montre explique compare mesure peint pousse pourquoi comment
      quand où personne chacun gens enfants sans avec sur sous entre meilleur rapide léger sûr simple ouvert libre`,
    ),
  },
  {
    id: 39,
    share: 0.04,
    words: split(
      `el la los nueva pequeño viejo jardín cocina bicicleta biblioteca río montaña invierno verano pregunta respuesta
      historia receta café pan música construye encuentra muestra explica compara mide pinta crece por qué cómo cuándo
      dónde nadie todos gente niños sin con sobre bajo entre mejor rápido ligero seguro simple abierto libre`,
    ),
  },
  {
    id: 74,
    share: 0.03,
    words: split(
      `新しい 小さな 古い 庭 台所 自転車 図書館 川 山 冬 夏 質問 答え 物語 料理 珈琲 音楽 作る 見つける 示す 説明する
      比べる 測る 描く なぜ どう いつ どこ 誰も みんな 子供 速い 軽い 安全 簡単 自由`,
    ),
  },
];

/** A language by its share. */
export function pickVocabulary(random: Random): Vocabulary {
  let rest = random.next();
  for (const vocabulary of VOCABULARIES) {
    rest -= vocabulary.share;
    if (rest < 0) return vocabulary;
  }
  return VOCABULARIES[0];
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Share of words that are not from the short list. */
const RARE = 0.15;
/** Different ones, of which few are frequent and most are hardly ever used, as in real texts. */
const RARE_WORDS = 20_000;
const ONSETS = split(
  "b br c ch d dr f fl g gr h j k kl l m n p pl qu r s sk st t tr v w y z",
);
const VOWELS = split("a e i o u ai ea ie oo ou");
const CODAS = split("l m n nd r rk s st th x");

/** A made-up word of two or three syllables, always the same for a number below `RARE_WORDS`. */
function rareWord(number: number): string {
  let rest = Math.imul(number + 1, 2654435761) >>> 0;
  const part = (list: readonly string[]) => {
    const found = list[rest % list.length];
    rest = Math.floor(rest / list.length);
    return found;
  };
  const start = part(ONSETS) + part(VOWELS);
  const middle = number % 3 === 0 ? part(ONSETS) + part(VOWELS) : "";
  return start + middle + part(ONSETS) + part(VOWELS) + part(CODAS);
}

function pickWord(random: Random, words: readonly string[]): string {
  return random.chance(RARE)
    ? rareWord(random.zipf(RARE_WORDS))
    : random.pick(words);
}

/** Some words as a title. */
export function title(random: Random, { words }: Vocabulary): string {
  const length = 4 + random.below(8);
  const text = Array.from({ length }, () => pickWord(random, words)).join(" ");
  return capitalize(text) + (random.chance(0.2) ? "?" : "");
}

/** Some sentences, now and then with Markdown in them. */
export function prose(
  random: Random,
  { words }: Vocabulary,
  sentences: number,
): string {
  const parts: string[] = [];
  for (let i = 0; i < sentences; i++) {
    const length = 5 + random.below(12);
    const sentence = Array.from({ length }, () => pickWord(random, words));
    if (random.chance(0.08)) {
      const at = random.below(length);
      sentence[at] = random.pick([
        `**${sentence[at]}**`,
        `*${sentence[at]}*`,
        `\`${sentence[at]}\``,
      ]);
    }
    parts.push(capitalize(sentence.join(" ")) + ".");
    if (random.chance(0.12)) parts.push("\n\n");
  }
  if (random.chance(0.05)) {
    parts.unshift(`> ${capitalize(random.pick(words))}\n\n`);
  }
  if (random.chance(0.04)) parts.push("\n\n- one\n- two\n- three");
  return parts.join(" ").trim();
}
