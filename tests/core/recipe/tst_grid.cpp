#include "core/recipe/grid.h"

#include <QtTest>

#include <set>

using namespace vernier;

namespace {

GridAxis axis(std::string_view text)
{
    const auto read = gridAxisFromText(text);
    if (!read)
        qWarning("%s", read.error().text().c_str());
    return read.value_or(GridAxis());
}

} // namespace

class TestGrid : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anAxisIsAKeyAndItsValues()
    {
        QCOMPARE(axis("head.dropout=0.3, 0.5").key, std::string("head.dropout"));
        QCOMPARE(axis("head.dropout=0.3, 0.5").values, (std::vector<std::string> { "0.3", "0.5" }));
        QCOMPARE(axis("head.dense=[512,256],[]").values,
            (std::vector<std::string> { "[512,256]", "[]" }));
        QCOMPARE(axis("phase=blocks=4,5 lr=1e-5|blocks=none").values,
            (std::vector<std::string> { "blocks=4,5 lr=1e-5", "blocks=none" }));
        QCOMPARE(axis("phase=blocks=4,5 lr=1e-5").values.size(), std::size_t { 1 });
    }

    void anAxisThatIsNoneIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text :
            { "", "=1", "head.dropout", "head.dropout=", "head.dropout= , ,", "seed=1,1" })
            QTest::newRow(text) << QByteArray(text);
    }
    void anAxisThatIsNoneIsRefused()
    {
        QFETCH(QByteArray, text);
        const auto read = gridAxisFromText(text.toStdString());
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Invalid);
    }

    void everyCombinationIsARecipeOfItsOwn()
    {
        const auto runs = gridRuns(Recipe(),
            { axis("head.dropout=0.1,0.2"),
                axis("phase=blocks=none epochs=2|epochs=1 ; blocks=5 lr=1e-5 epochs=3") });
        QVERIFY2(runs, runs ? "" : runs.error().text().c_str());
        QCOMPARE(runs->size(), std::size_t { 4 });
        QCOMPARE((*runs)[0].recipe.head.dropout, 0.1);
        QCOMPARE((*runs)[1].recipe.head.dropout, 0.1);
        QCOMPARE((*runs)[2].recipe.head.dropout, 0.2);
        QCOMPARE((*runs)[0].recipe.phases.size(), std::size_t { 1 });
        QCOMPARE((*runs)[0].recipe.phases[0].epochs, 2);
        QCOMPARE((*runs)[1].recipe.phases.size(), std::size_t { 2 });
        QCOMPARE((*runs)[1].recipe.phases[1].plan.rate("block5"), 1e-5);
        std::set<std::string> names;
        for (const auto& run : *runs)
            names.insert(run.name);
        QCOMPARE(names.size(), std::size_t { 4 });
        QVERIFY((*runs)[0].name.starts_with("head.dropout=0.1 phase="));
    }

    void namesAreFoldersAndTellTheValuesApart()
    {
        const std::string longer(300, '1');
        const auto runs = gridRuns(
            Recipe(), { axis("weights=/a/b,_a_b"), axis("name=x" + longer + ",y" + longer) });
        QVERIFY2(runs, runs ? "" : runs.error().text().c_str());
        std::set<std::string> names;
        for (const auto& run : *runs) {
            names.insert(run.name);
            QVERIFY(run.name.find('/') == std::string::npos);
            QVERIFY(run.name.size() < 200);
        }
        QCOMPARE(names.size(), std::size_t { 4 });
        // The same values give the same name another time.
        QCOMPARE((*gridRuns(Recipe(), { axis("seed=2,3") }))[1].name,
            (*gridRuns(Recipe(), { axis("seed=3,4") }))[0].name);
    }

    void whatIsNoRecipeIsNamed()
    {
        const auto wrong = gridRuns(Recipe(), { axis("head.dropout=0.5,7") });
        QVERIFY(!wrong);
        QVERIFY(wrong.error().text().find("head.dropout=7") != std::string::npos);
        QCOMPARE(gridRuns(Recipe(), { axis("seed=1"), axis("seed=2") }).error().code,
            ErrorCode::Invalid);
        std::string many = "seed=0";
        for (int i = 1; i < 40; ++i)
            many += "," + std::to_string(i);
        auto other = axis(many);
        other.key = "batch_size";
        QCOMPARE(gridRuns(Recipe(), { axis(many), other }).error().code, ErrorCode::TooLarge);
    }
};

QTEST_GUILESS_MAIN(TestGrid)
#include "tst_grid.moc"
