#include "core/prediction/predictor.h"

#include <QTest>

#include <clocale>

using namespace vernier;

class TestCsv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theHeaderNumbersTheClasses();
    void theMostProbableComesFirst();
    void equalProbabilitiesStandInClassOrder();
    void fieldsAreQuotedWhereNeeded();
    void aPictureThatCouldNotBeReadHasItsErrorOnly();
    void moreThanThereAreStaysEmpty();
    void aCommaAsDecimalPointChangesNothing();
};

namespace {

Prediction prediction(std::filesystem::path path, std::vector<float> probabilities)
{
    Prediction p;
    p.path = std::move(path);
    p.probabilities = std::move(probabilities);
    return p;
}

const std::vector<std::string> kClasses { "a", "b", "c" };

} // namespace

void TestCsv::theHeaderNumbersTheClasses()
{
    QCOMPARE(
        csvHeader(2), std::string("path,class_1,probability_1,class_2,probability_2,error\r\n"));
    QCOMPARE(csvHeader(0), std::string("path,error\r\n"));
}

void TestCsv::theMostProbableComesFirst()
{
    QCOMPARE(csvRow(prediction("p.jpg", { 0.25F, 0.125F, 0.625F }), kClasses, 2),
        std::string("p.jpg,c,0.625000,a,0.250000,\r\n"));
}

void TestCsv::equalProbabilitiesStandInClassOrder()
{
    QCOMPARE(prediction("p", { 0.25F, 0.25F, 0.25F, 0.25F }).top(3),
        (std::vector<ClassIndex> { 0, 1, 2 }));
    QCOMPARE(prediction("p", { 0.5F, 0.5F }).top(9), (std::vector<ClassIndex> { 0, 1 }));
    QVERIFY(prediction("p", { 0.5F, 0.5F }).top(-1).empty());
}

void TestCsv::fieldsAreQuotedWhereNeeded()
{
    QCOMPARE(csvRow(prediction("a, \"b\"\n.jpg", { 1 }), { "x,y" }, 1),
        std::string("\"a, \"\"b\"\"\n.jpg\",\"x,y\",1.000000,\r\n"));
}

void TestCsv::aPictureThatCouldNotBeReadHasItsErrorOnly()
{
    auto p = prediction("p.jpg", {});
    p.error = Error { ErrorCode::Corrupt, "cut off, it seems", "p.jpg", "copy it again" };
    QCOMPARE(
        csvRow(p, kClasses, 2), std::string("p.jpg,,,,,\"cut off, it seems; copy it again\"\r\n"));
}

void TestCsv::moreThanThereAreStaysEmpty()
{
    QCOMPARE(csvRow(prediction("p.jpg", { 1 }), { "only" }, 3),
        std::string("p.jpg,only,1.000000,,,,,\r\n"));
}

void TestCsv::aCommaAsDecimalPointChangesNothing()
{
    // Where the machine has no such language, the test shows nothing and passes.
    std::setlocale(LC_ALL, "de_DE.UTF-8");
    const auto row = csvRow(prediction("p.jpg", { 0.5F }), { "x" }, 1);
    std::setlocale(LC_ALL, "C");
    QCOMPARE(row, std::string("p.jpg,x,0.500000,\r\n"));
}

QTEST_APPLESS_MAIN(TestCsv)
#include "tst_csv.moc"
