#include "ui/data/dataset_model.h"
#include "ui/data/summary_strip.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/picture_answer.h"

#include "core/dataset/edit.h"

#include <QAbstractItemModelTester>
#include <QTest>

#include <cmath>

using namespace vernier;
using namespace vernier::ui;

namespace {

/// Four pictures of ants and two of bees; every other one is for validation.
SnapshotPtr smallDataset()
{
    auto dataset = std::make_shared<DatasetSnapshot>();
    dataset->root = "/pictures";
    dataset->classes = { "ants", "bees" };
    for (int i = 0; i < 6; ++i) {
        ImageEntry image;
        image.path = (i < 4 ? "ants/" : "bees/") + std::to_string(i) + ".jpg";
        image.label = i < 4 ? 0 : 1;
        image.split = i % 2 == 0 ? Split::Train : Split::Validation;
        image.width = 640;
        image.height = 480;
        image.bytes = 1500;
        dataset->images.push_back(image);
    }
    return dataset;
}

} // namespace

class TestDatasetModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theModelKeepsItsPromises()
    {
        DatasetModel model;
        QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setDataset(smallDataset());
        model.setFilter({ { 1 }, {} });
        model.setFilter({ {}, { Split::Test } });
        model.setDataset({});
    }

    void everyPictureStandsUnderItsClass()
    {
        DatasetModel model;
        model.setDataset(smallDataset());
        QCOMPARE(model.rowCount(), 6);
        QCOMPARE(model.index(0).data(PathRole).toString(), QStringLiteral("/pictures/ants/0.jpg"));
        QCOMPARE(model.index(0).data(CaptionRole).toString(), QStringLiteral("0.jpg"));
        QCOMPARE(model.index(3).data(SectionRole).toString(), QStringLiteral("ants"));
        QCOMPARE(model.index(4).data(SectionRole).toString(), QStringLiteral("bees"));
    }

    void aRelabelledPictureMovesToItsNewClass()
    {
        DatasetModel model;
        model.setDataset(relabelled(smallDataset(), { 0 }, 1));
        QCOMPARE(model.rowOf(0), 3);
        QCOMPARE(model.index(3).data(SectionRole).toString(), QStringLiteral("bees"));
        QCOMPARE(model.imageAt(3), std::size_t { 0 });
    }

    void classAndSplitFilterTogether()
    {
        DatasetModel model;
        model.setDataset(smallDataset());
        model.setFilter({ { 0 }, { Split::Validation } });
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.rowOf(0), -1);
        QCOMPARE(model.rowOf(1), 0);
        model.setFilter({});
        QCOMPARE(model.rowCount(), 6);
    }

    void namesAndMendsFilterTogetherWithTheRest()
    {
        DatasetModel model;
        QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const SnapshotPtr found = smallDataset();
        model.setDataset(confirmed(relabelled(found, { 0 }, 1), { 4 }), found);
        QCOMPARE(model.mended(), 2);
        model.setFilter({ {}, {}, true });
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0).data(MendRole).toInt(), static_cast<int>(Mend::Changed));
        QCOMPARE(model.index(1).data(MendRole).toInt(), static_cast<int>(Mend::Confirmed));
        QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(),
            QStringLiteral("0.jpg, was ants"));
        model.setFilter({ {}, {}, true, QStringLiteral("4.J") });
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.imageAt(0), std::size_t { 4 });
        model.setFilter({ {}, {}, false, QStringLiteral("ants") });
        QCOMPARE(model.rowCount(), 0);
        model.setFilter({ {}, {}, false, QStringLiteral("Ants/") });
        QCOMPARE(model.rowCount(), 4);
        model.setFilter({ { 1 }, {}, false, QStringLiteral("ants/") });
        QCOMPARE(model.rowCount(), 1);
    }

    void whatTheNetworkSaysComesWithThePicture()
    {
        DatasetModel model;
        model.setDataset(smallDataset());
        QVERIFY(!model.index(1).data(AnswerRole).isValid());
        QCOMPARE(model.index(1).data(ProposalRole).toString(), QString());
        const std::vector<float> sure { std::log(0.25F), std::log(0.75F) };
        model.setEvaluation(std::make_shared<Evaluation>(
            evaluate(Split::Validation, *smallDataset(), { { 1, sure } })));
        QCOMPARE(model.index(1).data(ImageRole).toInt(), 1);
        QCOMPARE(model.index(1).data(ProposalRole).toString(), QStringLiteral("bees"));
        const auto answer = model.index(1).data(AnswerRole).value<PictureAnswer>();
        QCOMPARE(answer.classes, (QStringList { "ants", "bees" }));
        QCOMPARE(answer.probabilities[1], 0.75F);
        QVERIFY(!model.index(0).data(AnswerRole).isValid());
        model.setEvaluation(nullptr);
        QVERIFY(!model.index(1).data(AnswerRole).isValid());
    }

    void whatIsOddIsSaidOnceAndNoLongerWhenItWasMended()
    {
        auto dataset = std::make_shared<DatasetSnapshot>(*smallDataset());
        QVERIFY(SummaryStrip::oddities(*dataset).isEmpty());
        dataset->notes = { "No test split: the final figure will be on validation.",
            "Class owls has no pictures." };
        QCOMPARE(SummaryStrip::oddities(*dataset).size(), 2);
        dataset->images[0].split = Split::Test;
        QCOMPARE(SummaryStrip::oddities(*dataset),
            QStringList { QStringLiteral("Class owls has no pictures.") });
        dataset->validationDrawn = true;
        QVERIFY(SummaryStrip::oddities(*dataset).front().contains(QStringLiteral("from train")));
    }

    void thatNothingIsValidatedIsSaid()
    {
        auto dataset = std::make_shared<DatasetSnapshot>(*smallDataset());
        for (auto& image : dataset->images)
            image.split = Split::Train;
        dataset->validationDrawn = true;
        const QString sentence = SummaryStrip::oddities(*dataset).front();
        QVERIFY2(sentence.contains(QStringLiteral("nothing is validated")), qPrintable(sentence));
    }

    void onePictureWasAndSeveralWereTakenFromTrain()
    {
        auto dataset = std::make_shared<DatasetSnapshot>(*smallDataset());
        dataset->validationDrawn = true;
        for (const auto& [count, words] : { std::pair(1, "1\u00a0picture was taken"),
                 std::pair(2, "2\u00a0pictures were taken") }) {
            for (std::size_t i = 0; i < dataset->images.size(); ++i) {
                dataset->images[i].split
                    = i < static_cast<std::size_t>(count) ? Split::Validation : Split::Train;
            }
            const QString sentence = SummaryStrip::oddities(*dataset).front();
            QVERIFY2(sentence.contains(QString::fromUtf8(words)), qPrintable(sentence));
        }
    }
};

QTEST_GUILESS_MAIN(TestDatasetModel)
#include "tst_dataset_model.moc"
