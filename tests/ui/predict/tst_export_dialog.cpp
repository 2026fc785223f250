#include "tests/ui/session_steps.h"
#include "ui/base/format.h"
#include "ui/base/last_folder.h"
#include "ui/base/theme.h"
#include "ui/predict/export_dialog.h"
#include "ui/session/job_board.h"

#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

Q_DECLARE_METATYPE(vernier::ExportFormat)

class TestExportDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init() { startWithNothingRemembered(); }
    void eachFormatSaysWhatItIsFor();
    void aClickOnWhatAFormatIsForChoosesIt();
    void theFileFollowsTheFormat();
    void theNextModelGoesWhereTheLastOneWent();
    void aFolderThatDoesNotExistCannotBeExportedTo();
    void aFileThatIsThereIsAnnounced();
    void exportIsASignalAndProgressFollows();
    void returnInTheFileFieldExports();
    void theReportSaysCountDifferenceReaderAndSize();
    void anErrorStandsBesideTheFileAndCanBeTriedAgain();
    void cancelAsksAndWaitsForTheEnd();
    void aSessionWithoutARunIsAnErrorBesideTheFile();
    void anExportThatFailsSaysSoOnceAndNothingOfOtherWork();

private:
    static QPushButton* button(ExportDialog& dialog, const QString& text)
    {
        for (auto* button : dialog.findChildren<QPushButton*>()) {
            if (button->text() == text && button->isVisible())
                return button;
        }
        return nullptr;
    }
    static QString visibleText(const ExportDialog& dialog)
    {
        QStringList texts;
        for (const auto* label : dialog.findChildren<QLabel*>()) {
            if (label->isVisible())
                texts.append(label->text());
        }
        return texts.join(QLatin1Char('\n'));
    }
};

void TestExportDialog::eachFormatSaysWhatItIsFor()
{
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    const auto radios = dialog.findChildren<QRadioButton*>();
    QCOMPARE(radios.size(), 3);
    for (const auto* radio : radios) {
        QVERIFY(radio->accessibleDescription().startsWith(QStringLiteral("For ")));
        QVERIFY(visibleText(dialog).contains(radio->accessibleDescription()));
    }
}

void TestExportDialog::aClickOnWhatAFormatIsForChoosesIt()
{
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    QCOMPARE(dialog.format(), ExportFormat::Onnx);
    for (const auto* radio : dialog.findChildren<QRadioButton*>()) {
        if (radio->text() != QStringLiteral("safetensors"))
            continue;
        QTest::mouseClick(radio->parentWidget()->findChild<QLabel*>(), Qt::LeftButton);
    }
    QCOMPARE(dialog.format(), ExportFormat::Safetensors);
    QVERIFY(dialog.file().endsWith(QStringLiteral("/ants.safetensors")));
}

void TestExportDialog::theFileFollowsTheFormat()
{
    TemporaryFolder folder;
    ExportDialog dialog(QStringLiteral("ants"));
    QVERIFY(dialog.file().endsWith(QStringLiteral("/ants.onnx")));
    dialog.setFile(ui::format::path(folder / "my.model.onnx"));
    dialog.setFormat(ExportFormat::TorchScript);
    QCOMPARE(dialog.file(), ui::format::path(folder / "my.model.pt"));
    dialog.setFormat(ExportFormat::Safetensors);
    QCOMPARE(dialog.file(), ui::format::path(folder / "my.model.safetensors"));
    QCOMPARE(dialog.format(), ExportFormat::Safetensors);
}

void TestExportDialog::theNextModelGoesWhereTheLastOneWent()
{
    TemporaryFolder folder;
    std::filesystem::create_directory(folder / "models");
    ExportReport report;
    report.file = folder / "models" / "bees.onnx";
    ExportDialog(QStringLiteral("bees")).showReport(report);
    QCOMPARE(ExportDialog(QStringLiteral("ants")).file(),
        ui::format::path(folder / "models" / "ants.onnx"));
    QVERIFY(lastFolder(QStringLiteral("recipe")) != ui::format::path(folder / "models"));
    std::filesystem::remove_all(folder / "models");
    QVERIFY(!ExportDialog(QStringLiteral("ants")).file().contains(QStringLiteral("models")));
}

void TestExportDialog::aFolderThatDoesNotExistCannotBeExportedTo()
{
    TemporaryFolder folder;
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    for (const QString& file : { QString(), QStringLiteral("relative.onnx"),
             ui::format::path(folder / "gone" / "x.onnx"), ui::format::path(folder.path()) }) {
        dialog.setFile(file);
        QVERIFY2(!button(dialog, QStringLiteral("Export"))->isEnabled(), qPrintable(file));
    }
    dialog.setFile(QStringLiteral("relative.onnx"));
    QVERIFY(visibleText(dialog).contains(QStringLiteral("Name the folder too")));
    dialog.setFile(ui::format::path(folder / "x.onnx"));
    QVERIFY(button(dialog, QStringLiteral("Export"))->isEnabled());
}

void TestExportDialog::aFileThatIsThereIsAnnounced()
{
    TemporaryFolder folder;
    const auto file = folder.write("x.onnx", "old");
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    dialog.setFile(ui::format::path(file));
    QVERIFY(visibleText(dialog).contains(QStringLiteral("it will be replaced")));
    QVERIFY(button(dialog, QStringLiteral("Export"))->isEnabled());
}

void TestExportDialog::exportIsASignalAndProgressFollows()
{
    TemporaryFolder folder;
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    dialog.setFormat(ExportFormat::TorchScript);
    dialog.setFile(ui::format::path(folder / "x.pt"));
    QSignalSpy wishes(&dialog, &ExportDialog::exportRequested);
    QTest::mouseClick(button(dialog, QStringLiteral("Export")), Qt::LeftButton);
    QCOMPARE(wishes.size(), 1);
    QCOMPARE(wishes.first().at(0).value<ExportFormat>(), ExportFormat::TorchScript);
    QCOMPARE(wishes.first().at(1).toString(), ui::format::path(folder / "x.pt"));
    QVERIFY(dialog.busy());
    auto* bar = dialog.findChild<QProgressBar*>();
    QVERIFY(bar->isVisible());
    QCOMPARE(bar->maximum(), 0);
    dialog.showProgress(4, 16);
    QCOMPARE(4 * bar->value(), bar->maximum());
}

void TestExportDialog::returnInTheFileFieldExports()
{
    TemporaryFolder folder;
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));
    dialog.setFile(ui::format::path(folder / "x.onnx"));
    QSignalSpy wishes(&dialog, &ExportDialog::exportRequested);
    QSignalSpy stops(&dialog, &ExportDialog::cancelRequested);
    auto* field = dialog.findChild<QLineEdit*>();
    field->setFocus();
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(wishes.size(), 1);
    QVERIFY(dialog.busy());
    // Whoever presses it twice has not changed their mind.
    QTest::keyClick(dialog.focusWidget() ? dialog.focusWidget() : &dialog, Qt::Key_Return);
    QCOMPARE(stops.size(), 0);
    ExportReport report;
    report.file = folder / "x.onnx";
    dialog.showReport(report);
    QVERIFY(button(dialog, QStringLiteral("Close"))->hasFocus());
    QTest::keyClick(dialog.focusWidget(), Qt::Key_Return);
    QVERIFY(!dialog.isVisible());
    QCOMPARE(wishes.size(), 1);
}

void TestExportDialog::theReportSaysCountDifferenceReaderAndSize()
{
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    ExportReport report;
    report.file = "/models/ants.onnx";
    report.bytes = 159'000'000;
    report.parity = { 16, false, 2.1e-6, "OpenCV dnn" };
    dialog.showReport(report);
    const QString text = visibleText(dialog);
    QVERIFY(text.contains(QStringLiteral("/models/ants.onnx")));
    QVERIFY(text.contains(ui::format::plural(16, "picture", "pictures")));
    QVERIFY(text.contains(QStringLiteral("2.1e-6")));
    QVERIFY(text.contains(QStringLiteral("OpenCV dnn")));
    QVERIFY(text.contains(ui::format::bytes(159'000'000)));
    QVERIFY(button(dialog, QStringLiteral("Show in folder")));
    QVERIFY(!dialog.busy());
}

void TestExportDialog::anErrorStandsBesideTheFileAndCanBeTriedAgain()
{
    TemporaryFolder folder;
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    dialog.setFile(ui::format::path(folder / "x.onnx"));
    QTest::mouseClick(button(dialog, QStringLiteral("Export")), Qt::LeftButton);
    dialog.showError(QStringLiteral("The disk is full."));
    QVERIFY(!dialog.busy());
    QVERIFY(visibleText(dialog).contains(QStringLiteral("The disk is full.")));
    QTest::mouseClick(button(dialog, QStringLiteral("Export")), Qt::LeftButton);
    QVERIFY(dialog.busy());
    dialog.showError({});
    QVERIFY(!visibleText(dialog).contains(QStringLiteral("The disk is full.")));
}

void TestExportDialog::cancelAsksAndWaitsForTheEnd()
{
    TemporaryFolder folder;
    ExportDialog dialog(QStringLiteral("ants"));
    dialog.show();
    dialog.setFile(ui::format::path(folder / "x.onnx"));
    QTest::mouseClick(button(dialog, QStringLiteral("Export")), Qt::LeftButton);
    QSignalSpy wishes(&dialog, &ExportDialog::cancelRequested);
    QTest::keyClick(&dialog, Qt::Key_Escape);
    QCOMPARE(wishes.size(), 1);
    QVERIFY(dialog.isVisible());
    QVERIFY(dialog.busy());
}

void TestExportDialog::aSessionWithoutARunIsAnErrorBesideTheFile()
{
    TemporaryFolder folder;
    Session session;
    ExportDialog dialog(session);
    dialog.show();
    dialog.setFile(ui::format::path(folder / "x.onnx"));
    QTest::mouseClick(button(dialog, QStringLiteral("Export")), Qt::LeftButton);
    QVERIFY(!dialog.busy());
    QVERIFY(visibleText(dialog).contains(QStringLiteral("no trained model")));
}

void TestExportDialog::anExportThatFailsSaysSoOnceAndNothingOfOtherWork()
{
    TemporaryFolder folder;
    Session session;
    test::train(session, paintedDataset(folder, "data"), tinyRecipe(1));
    ExportDialog dialog(session);
    dialog.show();
    dialog.setFile(ui::format::path(folder / (std::string(300, 'x') + ".onnx")));
    QTest::mouseClick(button(dialog, QStringLiteral("Export")), Qt::LeftButton);
    QVERIFY(dialog.busy());
    Q_EMIT session.jobs().failed({ ErrorCode::NotFound, "the other work went wrong", {}, {} });
    QVERIFY(dialog.busy());
    QTRY_VERIFY_WITH_TIMEOUT(!dialog.busy(), kPatienceMs);
    QVERIFY(session.jobs().error());
    const QString text = visibleText(dialog);
    QCOMPARE(text.count(ui::format::text(*session.jobs().error())), 1);
    QVERIFY(!text.contains(QStringLiteral("other work")));
}

QTEST_MAIN(TestExportDialog)
#include "tst_export_dialog.moc"
