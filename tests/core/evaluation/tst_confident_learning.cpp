#include "core/evaluation/confident_learning.h"
#include "tests/support/source_dir.h"

#include <algorithm>
#include <cmath>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace vernier;

namespace {

template <class T> std::vector<T> listOf(const QJsonValue& value)
{
    std::vector<T> list;
    for (const auto& each : value.toArray())
        list.push_back(static_cast<T>(each.toDouble()));
    return list;
}

ClassCounts countsOf(const QJsonValue& value)
{
    ClassCounts counts;
    for (const auto& row : value.toArray())
        counts.push_back(listOf<std::int64_t>(row));
    return counts;
}

bool sameNumbers(const std::vector<double>& a, const std::vector<double>& b)
{
    return std::ranges::equal(a, b,
        [](double x, double y) { return std::abs(x - y) <= 1e-12 * std::max(1.0, std::abs(y)); });
}

} // namespace

/// tests/data/suspects/cleanlab.json is what cleanlab says, see make.py there.
class TestConfidentLearning : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreesWithCleanlab_data()
    {
        QFile file(QString::fromStdString((test::dataDir() / "suspects/cleanlab.json").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto golden = QJsonDocument::fromJson(file.readAll()).object();
        QTest::addColumn<double>("parts");
        QTest::addColumn<QJsonObject>("cleanlab");
        QVERIFY(golden["cases"].toArray().size() > 10);
        for (const auto& each : golden["cases"].toArray())
            QTest::newRow(qPrintable(each.toObject()["name"].toString()))
                << golden["parts"].toDouble() << each.toObject();
    }

    void agreesWithCleanlab()
    {
        QFETCH(double, parts);
        QFETCH(QJsonObject, cleanlab);
        const auto labels = listOf<ClassIndex>(cleanlab["labels"]);
        auto probabilities = listOf<double>(cleanlab["probabilities"]);
        for (auto& p : probabilities)
            p /= parts;
        const JudgedLabels judged { probabilities, labels,
            static_cast<std::size_t>(cleanlab["classes"].toInt()) };
        const auto thresholds = confidentThresholds(judged);
        QVERIFY(sameNumbers(thresholds, listOf<double>(cleanlab["thresholds"])));
        const auto joint = confidentJoint(judged, thresholds);
        QCOMPARE(joint, countsOf(cleanlab["joint"]));
        QCOMPARE(calibratedJoint(joint, labels), countsOf(cleanlab["calibrated"]));

        const auto wrong = likelyWrong(judged);
        std::vector<std::size_t> list;
        for (std::size_t i = 0; i < wrong.size(); ++i) {
            if (wrong[i])
                list.push_back(i);
        }
        QCOMPARE(list, listOf<std::size_t>(cleanlab["wrong"]));
        auto ranked = worstFirst(judged);
        std::erase_if(ranked, [&](std::size_t i) { return !wrong[i]; });
        QCOMPARE(ranked, listOf<std::size_t>(cleanlab["ranked"]));
    }

    void nothingIsJudgedWhereNothingIs()
    {
        const JudgedLabels none { {}, {}, 3 };
        QCOMPARE(confidentThresholds(none), std::vector<double>(3, 2.0));
        QVERIFY(likelyWrong(none).empty());
        QVERIFY(worstFirst(none).empty());
    }

    void equalOnesStayInOrder()
    {
        const std::vector<double> probabilities { 0.5, 0.5, 0.25, 0.75, 0.5, 0.5, 0.25, 0.75 };
        const std::vector<ClassIndex> labels { 0, 0, 1, 0 };
        QCOMPARE(
            worstFirst({ probabilities, labels, 2 }), (std::vector<std::size_t> { 1, 3, 0, 2 }));
    }
};

QTEST_GUILESS_MAIN(TestConfidentLearning)
#include "tst_confident_learning.moc"
