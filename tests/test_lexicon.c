#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/lexicon.h"
#include "core/lexicon_table.h"
#include "core/normal.h"
#include "core/words.h"

#define MAX_WORDS 64

/* The words of s, which are parted by single spaces. */
static size_t
split(const char *s, struct cq_word words[MAX_WORDS])
{
	size_t n = 0;

	while (*s != '\0') {
		assert_true(n < MAX_WORDS);
		words[n] = (struct cq_word){.s = s, .n = strcspn(s, " ")};
		s += words[n++].n;
		s += *s == ' ';
	}
	return n;
}

static unsigned
class_of(const char *word, unsigned langs)
{
	return cq_lexicon_class(word, strlen(word), langs);
}

/* Each word of words has the flag in this language. */
static void
assert_all(const char *words, unsigned lang, unsigned flag)
{
	struct cq_word list[MAX_WORDS];
	size_t i, n = split(words, list);

	for (i = 0; i < n; i++) {
		if (!(cq_lexicon_class(list[i].s, list[i].n, lang) & flag))
			fail_msg("\"%.*s\" lacks flag %u", (int)list[i].n,
			    list[i].s, flag);
	}
}

static void
test_rows_are_sorted_and_none_stands_twice(void **state)
{
	const struct cq_lexicon_row *a, *b;
	size_t i;
	int c;

	(void)state;
	assert_true(cq_lexicon_n_rows > 1000);
	for (i = 1; i < cq_lexicon_n_rows; i++) {
		a = &cq_lexicon_rows[i - 1];
		b = &cq_lexicon_rows[i];
		c = strcmp(a->word, b->word);
		if (c > 0 || (c == 0 && (a->langs & b->langs) != 0))
			fail_msg("\"%s\" and \"%s\"", a->word, b->word);
	}
}

static void
test_rows_are_written_as_texts_are_normalised(void **state)
{
	struct cq_normal normal;
	size_t i;

	(void)state;
	for (i = 0; i < cq_lexicon_n_rows; i++) {
		normal = cq_normalise(cq_lexicon_rows[i].word);
		assert_string_equal(normal.text, cq_lexicon_rows[i].word);
		assert_null(strchr(normal.text, ' '));
		cq_normal_free(&normal);
	}
}

static void
test_each_row_is_found(void **state)
{
	const struct cq_lexicon_row *row = cq_lexicon_rows;
	size_t i;

	(void)state;
	for (i = 0; i < cq_lexicon_n_rows; i++, row++) {
		assert_true(row->langs != 0 && row->langs <= CQ_LANG_ANY);
		assert_int_equal(class_of(row->word, row->langs) & row->flags,
		    row->flags);
	}
}

static void
test_weekdays_tell_cases_apart(void **state)
{
	unsigned id = CQ_WORD_IDENT;

	(void)state;
	assert_all("monday tuesday wednesday thursday friday saturday sunday "
		   "mon tue tues wed thu thurs fri sat sun",
	    CQ_LANG_EN, id);
	assert_all("montag dienstag mittwoch donnerstag freitag samstag "
		   "sonnabend sonntag",
	    CQ_LANG_DE, id);
	assert_all("lundi mardi mercredi jeudi vendredi samedi dimanche",
	    CQ_LANG_FR, id);
	assert_all("lunes martes miercoles jueves viernes sabado domingo",
	    CQ_LANG_ES, id);
	assert_all("segunda terca quarta quinta sexta sabado domingo",
	    CQ_LANG_PT, id);
	assert_all("maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
	    CQ_LANG_NL, id);
	assert_all("lunedi martedi mercoledi giovedi venerdi sabato domenica",
	    CQ_LANG_IT, id);
	assert_all("понедельник вторник среда четверг пятница суббота "
		   "воскресенье",
	    CQ_LANG_RU, id);
	assert_all("الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعة السبت",
	    CQ_LANG_AR, id);
	assert_all("月曜 火曜 水曜 木曜 金曜 土曜 日曜", CQ_LANG_JA, id);
	assert_all("期一 期二 期三 期四 期五 期六 期日 期天 周一 周日 週三",
	    CQ_LANG_ZH, id);
}

static void
test_months_tell_cases_apart(void **state)
{
	unsigned id = CQ_WORD_IDENT;

	(void)state;
	assert_all("january february march april may june july august "
		   "september october november december",
	    CQ_LANG_EN, id);
	assert_all("januar februar marz april mai juni juli august september "
		   "oktober november dezember",
	    CQ_LANG_DE, id);
	assert_all("janvier fevrier mars avril mai juin juillet aout septembre "
		   "octobre novembre decembre",
	    CQ_LANG_FR, id);
	assert_all("enero febrero marzo abril mayo junio julio agosto "
		   "septiembre octubre noviembre diciembre",
	    CQ_LANG_ES, id);
	assert_all("janeiro fevereiro marco abril maio junho julho agosto "
		   "setembro outubro novembro dezembro",
	    CQ_LANG_PT, id);
	assert_all("januari februari maart april mei juni juli augustus "
		   "september oktober november december",
	    CQ_LANG_NL, id);
	assert_all("gennaio febbraio marzo aprile maggio giugno luglio agosto "
		   "settembre ottobre novembre dicembre",
	    CQ_LANG_IT, id);
	assert_all("января февраля марта апреля мая июня июля августа "
		   "сентября октября ноября декабря",
	    CQ_LANG_RU, id);
	assert_all("يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر "
		   "اكتوبر نوفمبر ديسمبر",
	    CQ_LANG_AR, id);
	assert_all("一月 二月 三月 十月 十一 十二", CQ_LANG_JA, id);
	assert_all("一月 二月 三月 十月 十一 十二", CQ_LANG_ZH, id);
}

/* One is also the article where it is missing here ("un", "een", "um"). */
static void
test_number_words_tell_cases_apart(void **state)
{
	unsigned id = CQ_WORD_IDENT;

	(void)state;
	assert_all("one two three four five six seven eight nine ten eleven "
		   "twelve first second third",
	    CQ_LANG_EN, id);
	assert_all("eins zwei drei vier funf sechs sieben acht neun zehn elf "
		   "zwolf erste zweite dritte",
	    CQ_LANG_DE, id);
	assert_all("deux trois quatre cinq six sept huit neuf dix onze douze "
		   "premier deuxieme troisieme",
	    CQ_LANG_FR, id);
	assert_all("uno dos tres cuatro cinco seis siete ocho nueve diez once "
		   "doce primero segundo tercero",
	    CQ_LANG_ES, id);
	assert_all("dois tres quatro cinco seis sete oito nove dez onze doze "
		   "primeiro segundo terceiro",
	    CQ_LANG_PT, id);
	assert_all("twee drie vier vijf zes zeven acht negen tien elf twaalf "
		   "eerste tweede derde",
	    CQ_LANG_NL, id);
	assert_all("uno due tre quattro cinque sei sette otto nove dieci "
		   "undici dodici primo secondo terzo",
	    CQ_LANG_IT, id);
	assert_all("один два три четыре пять шесть семь восемь девять десять",
	    CQ_LANG_RU, id);
	assert_all("واحد اثنين ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة عشرة",
	    CQ_LANG_AR, id);
	assert_all("一回 二個 三時 四番 五千 六日 七分 八円 九百 十万",
	    CQ_LANG_JA, id);
	assert_all("一次 两天 三个 四点 五块 六号 七年 八百 九千 十元",
	    CQ_LANG_ZH, id);
}

static void
test_days_seen_from_now_tell_cases_apart(void **state)
{
	unsigned id = CQ_WORD_IDENT;

	(void)state;
	assert_all("today tomorrow yesterday tonight", CQ_LANG_EN, id);
	assert_all("heute morgen gestern", CQ_LANG_DE, id);
	assert_all("aujourdhui demain hier", CQ_LANG_FR, id);
	assert_all("hoy manana ayer", CQ_LANG_ES, id);
	assert_all("hoje amanha ontem", CQ_LANG_PT, id);
	assert_all("vandaag morgen gisteren vanavond", CQ_LANG_NL, id);
	assert_all("oggi domani ieri stasera", CQ_LANG_IT, id);
	assert_all("сегодня завтра вчера", CQ_LANG_RU, id);
	assert_all("اليوم غدا امس", CQ_LANG_AR, id);
	assert_all("今日 明日 昨日", CQ_LANG_JA, id);
	assert_all("今天 明天 昨天", CQ_LANG_ZH, id);
}

static void
test_negations_turn_the_meaning_round(void **state)
{
	unsigned no = CQ_WORD_NEGATION;

	(void)state;
	assert_all("not no never nothing without cannot dont didnt wont isnt",
	    CQ_LANG_EN, no);
	assert_all("nicht kein keine keinen nie niemand nichts ohne",
	    CQ_LANG_DE, no);
	assert_all("ne pas plus jamais rien aucun sans nest nai", CQ_LANG_FR,
	    no);
	assert_all("no nunca jamas nada nadie ningun sin", CQ_LANG_ES, no);
	assert_all("nao nunca nada ninguem nenhum nem sem", CQ_LANG_PT, no);
	assert_all("niet geen nooit niets niemand zonder", CQ_LANG_NL, no);
	assert_all("non mai niente nessuno nessun senza", CQ_LANG_IT, no);
	assert_all("не нет никогда ничего без", CQ_LANG_RU, no);
	assert_all("لا لم لن ليس بدون", CQ_LANG_AR, no);
	assert_all("ない せん なか", CQ_LANG_JA, no);
	assert_all("不能 没有 還沒 未到", CQ_LANG_ZH, no);
}

static void
test_words_without_weight_are_fillers(void **state)
{
	unsigned fill = CQ_WORD_FILLER;

	(void)state;
	assert_all("a the is my so just really", CQ_LANG_EN, fill);
	assert_all("der die das ist mein so doch", CQ_LANG_DE, fill);
	assert_all("le la les est mon vraiment cest", CQ_LANG_FR, fill);
	assert_all("el la los es mi muy", CQ_LANG_ES, fill);
	assert_all("o a os um uma meu muito", CQ_LANG_PT, fill);
	assert_all("de het een is mijn echt", CQ_LANG_NL, fill);
	assert_all("il lo gli sono mio davvero", CQ_LANG_IT, fill);
	assert_all("и это мне очень", CQ_LANG_RU, fill);
	assert_all("في هذا", CQ_LANG_AR, fill);
}

static void
test_words_with_a_counterpart_are_known(void **state)
{
	unsigned opp = CQ_WORD_OPPOSITE;

	(void)state;
	assert_all("before after open closed refund charge northbound",
	    CQ_LANG_EN, opp);
	assert_all("vor nach offen geschlossen", CQ_LANG_DE, opp);
	assert_all("avant apres ouvert ferme", CQ_LANG_FR, opp);
	assert_all("antes despues abierto cerrado", CQ_LANG_ES, opp);
	assert_all("antes depois aberto fechado", CQ_LANG_PT, opp);
	assert_all("voordat nadat open gesloten", CQ_LANG_NL, opp);
	assert_all("dopo aperto chiuso", CQ_LANG_IT, opp);
}

static void
test_a_word_is_what_its_language_says(void **state)
{
	(void)state;
	assert_int_equal(class_of("die", CQ_LANG_DE), CQ_WORD_FILLER);
	assert_int_equal(class_of("die", CQ_LANG_EN), 0);
	assert_int_equal(class_of("once", CQ_LANG_ES), CQ_WORD_IDENT);
	assert_int_equal(class_of("once", CQ_LANG_EN), 0);
	assert_int_equal(class_of("mai", CQ_LANG_FR), CQ_WORD_IDENT);
	assert_int_equal(class_of("mai", CQ_LANG_IT), CQ_WORD_NEGATION);
	assert_int_equal(class_of("hier", CQ_LANG_FR), CQ_WORD_IDENT);
	assert_int_equal(class_of("hier", CQ_LANG_DE), CQ_WORD_FILLER);
	assert_int_equal(class_of("on", CQ_LANG_FR), CQ_WORD_FILLER);
	assert_int_equal(class_of("no", CQ_LANG_PT), CQ_WORD_FILLER);
	assert_int_equal(class_of("no", CQ_LANG_ES), CQ_WORD_NEGATION);
	assert_int_equal(class_of("na", CQ_LANG_NL), CQ_WORD_OPPOSITE);
	assert_int_equal(class_of("may", CQ_LANG_EN), CQ_WORD_IDENT);
}

static void
test_the_safe_side_wins_between_languages(void **state)
{
	unsigned both = CQ_LANG_ES | CQ_LANG_PT;

	(void)state;
	assert_int_equal(class_of("mon", CQ_LANG_FR), CQ_WORD_FILLER);
	assert_int_equal(class_of("mon", CQ_LANG_ANY), CQ_WORD_IDENT);
	assert_int_equal(class_of("no", both), CQ_WORD_NEGATION);
	assert_int_equal(class_of("dos", both), CQ_WORD_IDENT);
	assert_int_equal(class_of("die", CQ_LANG_ANY), 0);
	assert_int_equal(class_of("mai", CQ_LANG_ANY),
	    CQ_WORD_IDENT | CQ_WORD_NEGATION);
	assert_int_equal(class_of("the", CQ_LANG_ANY), CQ_WORD_FILLER);
	assert_int_equal(class_of("the", 0), CQ_WORD_FILLER);
}

static void
test_other_words_have_no_class(void **state)
{
	(void)state;
	assert_int_equal(class_of("", CQ_LANG_ANY), 0);
	assert_int_equal(class_of("parcel", CQ_LANG_ANY), 0);
	assert_int_equal(class_of("th", CQ_LANG_ANY), 0);
	assert_int_equal(class_of("thee", CQ_LANG_ANY), 0);
	assert_int_equal(cq_lexicon_class("theatre", 3, CQ_LANG_EN),
	    CQ_WORD_FILLER);
	assert_int_equal(class_of("the", CQ_LANG_DE), 0);
	assert_int_equal(class_of("電話", CQ_LANG_ANY), 0);
	assert_int_equal(class_of("一直", CQ_LANG_ZH), 0);
	assert_int_equal(class_of("三个", CQ_LANG_EN), 0);
	assert_int_equal(class_of("\xe4\xb8", CQ_LANG_ANY), 0);
}

static void
test_a_tag_names_its_language(void **state)
{
	(void)state;
	assert_int_equal(cq_lexicon_lang("en"), CQ_LANG_EN);
	assert_int_equal(cq_lexicon_lang("de-AT"), CQ_LANG_DE);
	assert_int_equal(cq_lexicon_lang("PT_br"), CQ_LANG_PT);
	assert_int_equal(cq_lexicon_lang("zh-Hant-TW"), CQ_LANG_ZH);
	assert_int_equal(cq_lexicon_lang("und"), 0);
	assert_int_equal(cq_lexicon_lang("e"), 0);
	assert_int_equal(cq_lexicon_lang(""), 0);
	assert_int_equal(cq_lexicon_lang(NULL), 0);
	assert_int_equal(cq_lexicon_lang("tlh"), 0);
	assert_int_equal(cq_lexicon_lang("eng"), 0);
}

static unsigned
guess(const char *text)
{
	struct cq_normal normal = cq_normalise(text);
	struct cq_word words[MAX_WORDS];
	unsigned langs = cq_lexicon_guess(words, split(normal.text, words));

	cq_normal_free(&normal);
	return langs;
}

static void
test_small_words_betray_the_language(void **state)
{
	static const struct {
		const char *text;
		unsigned lang;
	} rows[] = {
	    {"I have been waiting for the bus and it is not coming",
		CQ_LANG_EN},
	    {"My flat has no hot water since the storm", CQ_LANG_EN},
	    {"Ich warte seit einer Stunde und der Bus kommt nicht", CQ_LANG_DE},
	    {"J'attends le bus depuis une heure et il ne vient pas",
		CQ_LANG_FR},
	    {"Llevo una hora esperando el autobús y no viene", CQ_LANG_ES},
	    {"Estou há uma hora à espera do autocarro e ele não vem",
		CQ_LANG_PT},
	    {"Ik wacht al een uur op de bus en hij komt niet", CQ_LANG_NL},
	    {"Aspetto l'autobus da un'ora e non arriva, che servizio è questo",
		CQ_LANG_IT},
	    {"Я жду автобус уже час, а он так и не пришел", CQ_LANG_RU},
	};
	const unsigned latin = CQ_LANG_EN | CQ_LANG_DE | CQ_LANG_FR |
	    CQ_LANG_ES | CQ_LANG_PT | CQ_LANG_NL | CQ_LANG_IT;
	unsigned langs;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		langs = guess(rows[i].text);
		if ((langs & (latin | CQ_LANG_RU)) !=
		    (rows[i].lang | CQ_LANG_RU))
			fail_msg("%s: %#x", rows[i].text, langs);
	}
}

static void
test_names_alone_betray_no_language(void **state)
{
	(void)state;
	assert_int_equal(guess(""), CQ_LANG_ANY);
	assert_int_equal(guess("Acme Router XR500 Bremen"), CQ_LANG_ANY);
	assert_int_equal(guess("the Acme Router"), CQ_LANG_ANY);
	assert_int_equal(guess("電車が来ない"), CQ_LANG_ANY);
}

static void
test_mixed_languages_are_both_known(void **state)
{
	unsigned langs = guess("the parcel is not here and my neighbour is out,"
			       " das Paket ist nicht da und ich bin sauer");

	(void)state;
	assert_true((langs & CQ_LANG_EN) && (langs & CQ_LANG_DE));
	assert_false(langs & CQ_LANG_FR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_are_sorted_and_none_stands_twice),
	    cmocka_unit_test(test_rows_are_written_as_texts_are_normalised),
	    cmocka_unit_test(test_each_row_is_found),
	    cmocka_unit_test(test_weekdays_tell_cases_apart),
	    cmocka_unit_test(test_months_tell_cases_apart),
	    cmocka_unit_test(test_number_words_tell_cases_apart),
	    cmocka_unit_test(test_days_seen_from_now_tell_cases_apart),
	    cmocka_unit_test(test_negations_turn_the_meaning_round),
	    cmocka_unit_test(test_words_without_weight_are_fillers),
	    cmocka_unit_test(test_words_with_a_counterpart_are_known),
	    cmocka_unit_test(test_a_word_is_what_its_language_says),
	    cmocka_unit_test(test_the_safe_side_wins_between_languages),
	    cmocka_unit_test(test_other_words_have_no_class),
	    cmocka_unit_test(test_a_tag_names_its_language),
	    cmocka_unit_test(test_small_words_betray_the_language),
	    cmocka_unit_test(test_names_alone_betray_no_language),
	    cmocka_unit_test(test_mixed_languages_are_both_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
