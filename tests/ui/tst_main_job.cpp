#include "tests/ui/painted_dataset.h"
#include "ui/data/data_page.h"
#include "ui/main_window.h"
#include "ui/pictures/gallery_view.h"
#include "ui/predict/export_dialog.h"
#include "ui/session/evaluations.h"
#include "ui/session/job_board.h"
#include "ui/session/model_export.h"
#include "ui/session/predictions.h"

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
        QTRY_VERIFY_WITH_TIMEOUT(session.evaluations().current().has_value(), kPatienceMs);
        QVERIFY2(session.evaluations().current()->accuracy > 0.7,
            qPrintable(QString::number(session.evaluations().current()->accuracy)));

        window.showPage(Page::Inspect);
        QVERIFY(!window.grab().isNull());

        const QString val = data + QStringLiteral("/val");
        window.showPage(Page::Predict);
        session.predictions().predict({ val });
        QTRY_COMPARE_WITH_TIMEOUT(
            session.predictions().all().size(), std::size_t { 20 }, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        // What predicting says of the validation pictures is what the evaluation counted.
        std::int64_t right = 0;
        for (const Prediction& prediction : session.predictions().all()) {
            const std::string truth = prediction.path.parent_path().filename().string();
            const auto best = static_cast<std::size_t>(prediction.top(1).front());
            right += session.dataset()->classes[best] == truth ? 1 : 0;
        }
        QCOMPARE(right, session.evaluations().current()->right);

        QSignalSpy exported(&session.exports(), &ModelExport::written);
        for (const auto& [format, name] : { std::pair(ExportFormat::Onnx, "model.onnx"),
                 std::pair(ExportFormat::TorchScript, "model.pt"),
                 std::pair(ExportFormat::Safetensors, "model.safetensors") }) {
            const QString file = format::path(folder / name);
            session.exports().write(format, file);
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
            QVERIFY2(!session.jobs().error(),
                session.jobs().error() ? session.jobs().error()->text().c_str() : "");
            QVERIFY(QFileInfo::exists(file));
        }
        QCOMPARE(exported.count(), 3);

        // An exported model answers as the run did.
        const std::vector<Prediction> before = session.predictions().all();
        session.predictions().openModel(format::path(folder / "model.onnx"));
        QTRY_COMPARE_WITH_TIMEOUT(
            session.predictions().modelName(), QStringLiteral("model.onnx"), kPatienceMs);
        session.predictions().clear();
        session.predictions().predict({ val });
        QTRY_COMPARE_WITH_TIMEOUT(session.predictions().all().size(), before.size(), kPatienceMs);
        for (std::size_t i = 0; i < before.size(); ++i)
            QCOMPARE(session.predictions().all()[i].top(1), before[i].top(1));
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }
};

QTEST_MAIN(TestMainJob)
#include "tst_main_job.moc"
