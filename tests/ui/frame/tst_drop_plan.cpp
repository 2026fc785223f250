#include "tests/support/painted_picture.h"
#include "tests/support/temporary_folder.h"
#include "ui/base/format.h"
#include "ui/frame/drop_plan.h"

#include <QTest>

using namespace vernier::ui;
using vernier::test::TemporaryFolder;
using Kind = DropPlan::Kind;

class TestDropPlan : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_classes;
    QString m_plain;
    QString m_run;
    QString m_picture;

    static DropContext context(Page page, bool hasDataset, bool canPredict, bool training = false)
    {
        return { page, hasDataset, training, canPredict };
    }

private Q_SLOTS:
    void initTestCase()
    {
        vernier::test::writePaintedClass(m_folder, "set/ants", 1, 0);
        vernier::test::writePaintedClass(m_folder, "plain", 2, 0);
        m_folder.write("run/recipe.json", std::string_view("{}"));
        m_folder.write("run/dataset.json", std::string_view("{}"));
        m_classes = format::path(m_folder / "set");
        m_plain = format::path(m_folder / "plain");
        m_run = format::path(m_folder / "run");
        m_picture = format::path(m_folder / "plain" / "1.jpg");
    }

    void aFolderOfClassesOnDataIsOpened()
    {
        const DropPlan plan = planDrop({ m_classes }, context(Page::Data, true, true));
        QCOMPARE(plan.kind, Kind::OpenFolder);
        QVERIFY(plan.sentence.contains(QStringLiteral("set")));
    }

    void aFolderOfClassesElsewhereIsPredicted()
    {
        QCOMPARE(planDrop({ m_classes }, context(Page::Train, true, true)).kind, Kind::Predict);
    }

    void aFolderOfPicturesOnDataIsPredictedToo()
    {
        QCOMPARE(planDrop({ m_plain }, context(Page::Data, true, true)).kind, Kind::Predict);
    }

    void anyFolderIsOpenedWhileThereIsNoDataset()
    {
        QCOMPARE(
            planDrop({ m_plain }, context(Page::Inspect, false, false)).kind, Kind::OpenFolder);
    }

    void whatAFolderIsForDependsOnPageDatasetAndModel_data()
    {
        QTest::addColumn<Page>("page");
        QTest::addColumn<bool>("ofClasses");
        QTest::addColumn<bool>("hasDataset");
        QTest::addColumn<bool>("canPredict");
        QTest::addColumn<Kind>("kind");
        for (const Page page : kPages) {
            for (const bool ofClasses : { false, true }) {
                const bool asData = page == Page::Data && ofClasses;
                const auto row = [&](bool hasDataset, bool canPredict, Kind kind) {
                    QTest::addRow("page %d, %s, %s, %s", static_cast<int>(page),
                        ofClasses ? "class folders" : "pictures",
                        hasDataset ? "dataset" : "no dataset", canPredict ? "model" : "no model")
                        << page << ofClasses << hasDataset << canPredict << kind;
                };
                row(false, false, Kind::OpenFolder);
                row(false, true, asData ? Kind::OpenFolder : Kind::Predict);
                row(true, false, asData ? Kind::OpenFolder : Kind::Nothing);
                row(true, true, asData ? Kind::OpenFolder : Kind::Predict);
            }
        }
    }

    void whatAFolderIsForDependsOnPageDatasetAndModel()
    {
        QFETCH(Page, page);
        QFETCH(bool, ofClasses);
        QFETCH(bool, hasDataset);
        QFETCH(bool, canPredict);
        QFETCH(Kind, kind);
        const QStringList folder { ofClasses ? m_classes : m_plain };
        QCOMPARE(planDrop(folder, context(page, hasDataset, canPredict)).kind, kind);
        // A run keeps its dataset and is not taken away from under itself.
        const Kind whileTraining = kind == Kind::OpenFolder ? Kind::Nothing : kind;
        QCOMPARE(planDrop(folder, context(page, hasDataset, canPredict, true)).kind, whileTraining);
    }

    void picturesWithoutAModelSayWhatIsMissing()
    {
        const DropPlan plan = planDrop({ m_picture }, context(Page::Predict, true, false));
        QCOMPARE(plan.kind, Kind::Nothing);
        QVERIFY(plan.sentence.contains(QStringLiteral("Train once")));
    }

    void picturesAndFoldersTogetherAreCounted()
    {
        const DropPlan plan = planDrop({ m_picture, m_plain }, context(Page::Predict, true, true));
        QCOMPARE(plan.kind, Kind::Predict);
        QCOMPARE(plan.paths.size(), 2);
        QVERIFY(plan.sentence.contains(QStringLiteral("1")));
        QVERIFY(plan.sentence.contains(QStringLiteral("folder")));
    }

    void whatIsNoPictureIsLeftOut()
    {
        const QString text = format::path(m_folder.write("a.txt", std::string_view("a")));
        QCOMPARE(planDrop({ text, m_picture }, context(Page::Predict, true, true)).paths,
            QStringList { m_picture });
        QCOMPARE(planDrop({ text, text }, context(Page::Predict, true, true)).kind, Kind::Nothing);
    }

    void aModelIsUsedForPredicting()
    {
        for (const char* name : { "a.onnx", "a.pt", "a.SAFETENSORS", "a.torchscript" }) {
            const QString file = format::path(m_folder.write(name, std::string_view("a")));
            QCOMPARE(planDrop({ file }, context(Page::Data, false, false)).kind, Kind::OpenModel);
        }
    }

    void anyOtherFileIsTriedAsAModel()
    {
        const QString file = format::path(m_folder.write("model.v2", std::string_view("a")));
        const DropPlan plan = planDrop({ file }, context(Page::Data, false, false));
        QCOMPARE(plan.kind, Kind::OpenModel);
        QVERIFY(plan.sentence.contains(QStringLiteral("model.v2")));
        // Neither what is a picture nor what is not there.
        QCOMPARE(planDrop({ m_picture }, context(Page::Data, true, true)).kind, Kind::Predict);
        QCOMPARE(planDrop({ file + QStringLiteral("x") }, {}).kind, Kind::Nothing);
    }

    void aRunIsOpenedButNotWhileTraining()
    {
        QCOMPARE(planDrop({ m_run }, context(Page::Train, true, true)).kind, Kind::OpenRun);
        QCOMPARE(planDrop({ m_run }, context(Page::Train, true, true, true)).kind, Kind::Nothing);
    }

    void aRecipeIsOpened()
    {
        const QString file = format::path(m_folder.write("r.json", std::string_view("{}")));
        QCOMPARE(planDrop({ file }, context(Page::Data, true, true)).kind, Kind::OpenRecipe);
    }

    void nothingLocalIsNothing() { QCOMPARE(planDrop({}, {}).kind, Kind::Nothing); }
};

QTEST_GUILESS_MAIN(TestDropPlan)
#include "tst_drop_plan.moc"
