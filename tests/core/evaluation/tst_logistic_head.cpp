#include "core/evaluation/logistic_head.h"
#include "tests/support/source_dir.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace vernier;

namespace {

torch::Tensor tensor(const QJsonValue& list, std::int64_t rows)
{
    std::vector<double> values;
    for (const auto& each : list.toArray()) {
        if (each.isArray()) {
            for (const auto& number : each.toArray())
                values.push_back(number.toDouble());
        } else {
            values.push_back(each.toDouble());
        }
    }
    return torch::tensor(values, torch::kDouble).view({ rows, -1 });
}

} // namespace

/// tests/data/suspects/logistic.json is what scikit-learn fits, see make.py there.
class TestLogisticHead : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QFile file(QString::fromStdString((test::dataDir() / "suspects/logistic.json").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_golden = QJsonDocument::fromJson(file.readAll()).object();
        const auto count = m_golden["labels"].toArray().size();
        m_x = tensor(m_golden["features"], count);
        m_labels = tensor(m_golden["labels"], count).flatten().to(torch::kLong);
    }

    void agreesWithScikitLearn()
    {
        QCOMPARE(m_golden["heads"].toArray().size(), 2);
        for (const auto& each : m_golden["heads"].toArray()) {
            const auto golden = each.toObject();
            const auto head = fitLogisticHead(m_x, m_labels, 3, golden["strength"].toDouble(), {});
            QVERIFY(head);
            const auto expected
                = at::cat({ tensor(golden["weights"], 3), tensor(golden["biases"], 3) }, 1);
            QVERIFY(at::allclose(*head, expected, 1e-4, 1e-4));
            QVERIFY(at::allclose(logisticProbabilities(*head, m_x),
                tensor(golden["probabilities"], m_x.size(0)), 1e-6, 1e-6));
        }
    }

    void isTheSameToTheBit()
    {
        QVERIFY(at::equal(
            *fitLogisticHead(m_x, m_labels, 3, 1, {}), *fitLogisticHead(m_x, m_labels, 3, 1, {})));
    }

    void stopsWhenAsked()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto head = fitLogisticHead(m_x, m_labels, 3, 1, stop.get_token());
        QVERIFY(!head);
        QCOMPARE(head.error().code, ErrorCode::Cancelled);
    }

private:
    QJsonObject m_golden;
    torch::Tensor m_x;
    torch::Tensor m_labels;
};

QTEST_GUILESS_MAIN(TestLogisticHead)
#include "tst_logistic_head.moc"
