import type { Random } from "./random.ts";

/** A language of the made-up content: its id in the language table, and words to mix. */
export interface Vocabulary {
  id: number;
  /** Its most frequent words, the most frequent one first; the others are made up. */
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
      `the of and a to in is it that for you on with this as was have but be they not we at or from by an are if
      so what all can just like there one would my do who get out up them more some no other than then only now
      very also because into most even here those own new small old quiet river mountain winter garden kitchen
      bicycle library server keyboard camera telescope forest harbour island village machine engine pattern
      signal letter question answer story recipe coffee bread music guitar novel painting theatre history
      language school teacher student doctor patient planet comet orbit battery solar panel wind turbine grid
      cable network packet kernel compiler function release update bug security privacy licence community
      moderator thread comment reader writer builds finds shows breaks mends explains compares measures releases
      paints cooks grows sells keeps loses wins after before without about under over between better faster
      lighter cheaper safer simple complete open free public local weekly first last why how when where nobody
      everybody someone people children engineers farmers researchers volunteers`,
    ),
  },
  {
    id: 37,
    share: 0.25,
    words: split(
      `the to a i of and it that is in was you for my on with but so at have this me be had what when they do if
      just there were out get like would one more some then now today yesterday tomorrow maybe always never
      almost really another every other house window door street bridge market station train ticket journey
      weather rain snow summer spring autumn evening morning light shadow colour green blue red silver golden
      heavy soft round narrow wide long short strange familiar useful honest careful makes takes gives brings
      carries opens closes starts ends learns teaches reads writes listens sings plays walks`,
    ),
  },
  {
    id: 32,
    share: 0.08,
    words: split(
      `der die und in das ist ich nicht zu den es sie mit ein auf eine dem auch als an so wie man noch aber sich
      neue kleine alte Garten Küche Fahrrad Bücherei Rechner Fluss Berg Winter Sommer Frage Antwort Geschichte
      Rezept Kaffee Brot Musik baut findet zeigt erklärt vergleicht misst malt kocht wächst warum wann wo
      niemand jeder Leute Kinder ohne über unter zwischen besser schneller leichter sicher einfach offen frei`,
    ),
  },
  {
    id: 47,
    share: 0.05,
    words: split(
      `le de la et les des en un que est à il une pas qui dans ce du pour on plus mais au nouvelle petit vieux
      jardin cuisine vélo bibliothèque rivière montagne hiver été question réponse histoire recette café pain
      musique construit trouve montre explique compare mesure peint pousse pourquoi comment quand où personne
      chacun gens enfants sans avec sur sous entre meilleur rapide léger sûr simple ouvert libre`,
    ),
  },
  {
    id: 39,
    share: 0.04,
    words: split(
      `de la que el en y a los no un se es una con lo por las para del me su como nueva pequeño viejo jardín
      cocina bicicleta biblioteca río montaña invierno verano pregunta respuesta historia receta café pan música
      construye encuentra muestra explica compara mide pinta crece qué cómo cuándo dónde nadie todos gente niños
      sin sobre bajo entre mejor rápido ligero seguro simple abierto libre`,
    ),
  },
  {
    id: 74,
    share: 0.03,
    words: split(
      `の を は に が と で も する いる 新しい 小さな 古い 庭 台所 自転車 図書館 川 山 冬 夏 質問 答え 物語 料理 珈琲
      音楽 作る 見つける 示す 説明する 比べる 測る 描く なぜ どう いつ どこ 誰も みんな 子供 速い 軽い 安全 簡単 自由`,
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

/**
 * Words of a language. By Zipf's law the word of rank r has a share of about 1 / r: of real texts as of
 * these the first word makes up one of sixteen, the first hundred half, and most are hardly ever used.
 */
const WORDS = 50_000;
const PREFIXES = split(
  "re un in de con pro dis ex pre inter sub over out per",
);
const ROOTS = split(
  `act art back band bank base bear beat bell bird board bond book boot bound brand break burn call camp card care
  cast catch chain chair chance change charge check circ claim class clean clear click clock close cloud coast code
  cold comp cord cost count court cover craft cross crowd cult cur cycl dance date deal dict doubt draft draw dream
  drive duct dust earth edge fact fair fall fect fer field file fill film find fire fish flect flight float flow form
  fort frame fresh front fund gain game gate gest glass grad grant graph grass ground group guard guide hand hang head
  heart heat hold horn horse host hous ject join joint judg jump just kind knock lab land laps laser lead leg lev lift
  light limit line link list load loc log loop loss mail main map mark mass match mean medic ment merg mess metr mind
  mit model mount move nat neg net norm note number oper order organ pack paint pass past path pend pet phon phot pil
  plac plan plant plat play plot point pol port pos post pound press print priv prob prod punct quest quir rail rang
  rat reach real rect rest right ring rock roll root rupt sail salt scal scan scrib script seal search sect seed sens
  serv set shap shar shell shift ship shock shop sid sign sist skill skin slid soc soil solv sort sound spac spect
  speed spir spot spread stabl stag stand start stat steel stem step stock stor storm strain stream string struct
  sum suppl swim tact tail tain talk task tech temp tend tens term test text thread tick tim ton tool torn tour tract
  trad train trap treat trend trib trick truck trust turn typ uni us val vent vers vert vest vid vis viv voc volt
  vot war wash wat wav weav weigh wheel wind wir wood word work wrap yard zon`,
);
const SUFFIXES = split(
  "s ed ing er ers able ion ions ly ment ness al ive ity ous ism ist ful less ate ation ology ish ance ence",
);
const ONSETS = split(
  "b br c ch d dr f fl g gr h j k kl l m n p pl qu r s sk st t tr v w y z",
);
const VOWELS = split("a e i o u ai ea ie oo ou");
const CODAS = split("l m n nd r rk s st th x");

/**
 * A made-up word, always the same for a number below `WORDS`. Most are built as English words are, so that
 * they share their letters with many others; one of five is like a name, of two or three syllables.
 */
function madeUpWord(number: number, frequent: readonly string[]): string {
  let rest = Math.imul(number + 1, 2654435761) >>> 0;
  const part = (list: ArrayLike<string>) => {
    const found = list[rest % list.length];
    rest = Math.floor(rest / list.length);
    return found;
  };
  if (frequent[0] > "\u3000") {
    const characters = frequent.join("");
    return part(characters) + part(characters) +
      (number % 2 === 0 ? part(characters) : "");
  }
  if (number % 5 === 0) {
    const start = part(ONSETS) + part(VOWELS);
    const middle = number % 3 === 0 ? part(ONSETS) + part(VOWELS) : "";
    return start + middle + part(ONSETS) + part(VOWELS) + part(CODAS);
  }
  const root = part(ROOTS);
  const prefix = number % 5 < 3 ? part(PREFIXES) : "";
  return prefix + root + part(SUFFIXES);
}

function pickWord(random: Random, words: readonly string[]): string {
  const rank = random.zipf(WORDS);
  return rank < words.length ? words[rank] : madeUpWord(rank, words);
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
