#include "tests/ui/painted_dataset.h"
#include "ui/base/gallery_view.h"
#include "ui/data/data_page.h"
#include "ui/main_window.h"
#include "ui/predict/export_dialog.h"

#include <QAbstractItemView>
#include <QFileInfo>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTimer>

using namespace vernier;
using namespace vernier::ui;
using test::TemporaryFolder;

/// The main job, from a folder to an exported model, through the window and with a small network.
class TestMainJob : public QObject {
    Q_OBJECT

private:
    static constexpr int kPatienceMs = 120000;

    static QAction* action(MainWindow& window, const QString& text)
    {
        for (QAction* action : window.actions()) {
            if (action->text().remove(QLatin1Char('&')) == text)
                return action;
        }
        return nullptr;
    }

private Q_SLOTS:
    void openTrainInspectPredictAndExport()
    {
        test::startWithNothingRemembered();
        theme::apply(Scheme::Light);
        const TemporaryFolder folder;
        const QString data = test::paintedDataset(folder, "data", 20);

        MainWindow window;
        Session& session = window.session();
        window.show();
        window.open(data);
        QTRY_VERIFY_WITH_TIMEOUT(session.dataset(), kPatienceMs);
        QCOMPARE(window.findChild<DataPage*>()->findChild<GalleryView*>()->model()->rowCount(), 60);

        session.setRecipe(test::tinyRecipe(5), QStringLiteral("test"));
        QVERIFY(action(window, QStringLiteral("Train"))->isEnabled());
        action(window, QStringLiteral("Train"))->trigger();
        QCOMPARE(window.page(), Page::Train);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.evaluation().has_value(), kPatienceMs);
        QVERIFY2(session.evaluation()->accuracy > 0.7,
            qPrintable(QString::number(session.evaluation()->accuracy)));

        window.showPage(Page::Inspect);
        QVERIFY(!window.grab().isNull());

        const QString val = data + QStringLiteral("/val");
        window.showPage(Page::Predict);
        session.predict({ val });
        QTRY_COMPARE_WITH_TIMEOUT(session.predictions().size(), std::size_t { 20 }, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        // What predicting says of the validation pictures is what the evaluation counted.
        std::int64_t right = 0;
        for (const Prediction& prediction : session.predictions()) {
            const std::string truth = prediction.path.parent_path().filename().string();
            const auto best = static_cast<std::size_t>(prediction.top(1).front());
            right += session.dataset()->classes[best] == truth ? 1 : 0;
        }
        QCOMPARE(right, session.evaluation()->right);

        QSignalSpy exported(&session, &Session::exported);
        for (const auto& [format, name] : { std::pair(ExportFormat::Onnx, "model.onnx"),
                 std::pair(ExportFormat::TorchScript, "model.pt"),
                 std::pair(ExportFormat::Safetensors, "model.safetensors") }) {
            const QString file = format::path(folder / name);
            session.exportModel(format, file);
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
            QVERIFY2(!session.error(), session.error() ? session.error()->text().c_str() : "");
            QVERIFY(QFileInfo::exists(file));
        }
        QCOMPARE(exported.count(), 3);

        // An exported model answers as the run did.
        const std::vector<Prediction> before = session.predictions();
        session.openModel(format::path(folder / "model.onnx"));
        QTRY_COMPARE_WITH_TIMEOUT(
            session.predictionModelName(), QStringLiteral("model.onnx"), kPatienceMs);
        session.clearPredictions();
        session.predict({ val });
        QTRY_COMPARE_WITH_TIMEOUT(session.predictions().size(), before.size(), kPatienceMs);
        for (std::size_t i = 0; i < before.size(); ++i)
            QCOMPARE(session.predictions()[i].top(1), before[i].top(1));
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }
};

QTEST_MAIN(TestMainJob)
#include "tst_main_job.moc"
