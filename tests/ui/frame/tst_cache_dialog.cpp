#include "tests/ui/answer_question.h"
#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/theme.h"
#include "ui/frame/cache_dialog.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/current_run.h"

#include <QDir>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QLabel>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

namespace {

FeatureCache::Info someInfo()
{
    FeatureCache::Info info;
    info.diskBytes = 2'000'000'000;
    info.diskLimit = 8'000'000'000;
    info.automaticDiskLimit = 8'000'000'000;
    info.entries = 6021;
    info.folder = "/somewhere/features";
    return info;
}

QString textOf(const CacheDialog& dialog, const char* name)
{
    return dialog.findChild<QLabel*>(QLatin1String(name))
        ->text()
        .replace(QChar(0x00A0), QLatin1Char(' '))
        .replace(QChar(0x202F), QLatin1Char(' '));
}

template <class T> T* part(const CacheDialog& dialog, const char* name)
{
    return dialog.findChild<T*>(QLatin1String(name));
}

std::optional<quint64> limitIn(const QSignalSpy& spy, int i)
{
    return spy.at(i).front().value<std::optional<quint64>>();
}

} // namespace

class TestCacheDialog : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init()
    {
        startWithNothingRemembered();
        std::filesystem::remove_all(m_folder / "cache");
        qputenv("VERNIER_CACHE", QByteArray::fromStdString((m_folder / "cache").native()));
    }
    void itSaysHowMuchOfWhatIsUsedAndWhere();
    void theDefaultIsStatedInNumbers();
    void anEmptyCacheSaysSoAndCannotBeCleared();
    void aLimitIsSentOnceWhenItHasComeToRest();
    void aLimitThatWasTypedIsNotLostByClosing();
    void whatIsBeingTypedStaysWhileFiguresChange();
    void anotherProgramsLimitIsShown();
    void aFineLimitOfTheCommandLineIsShownAsItIs();
    void clearingAsksAndSaysWhatIsLost();
    void withoutAFolderNothingCanBeSet();
    void whatIsWrongStandsInIt();
    void everyControlSaysWhatItDoes();
    void theSessionSetsTheLimitThatTheCommandLineReads();
    void limitsAreSetInTheOrderInWhichTheyWereChosen();
    void clearingWhileTrainingEmptiesItAndTrainingGoesOn();
    void aLimitThatCannotBeSetIsSaid();
};

void TestCacheDialog::itSaysHowMuchOfWhatIsUsedAndWhere()
{
    CacheDialog dialog;
    dialog.showInfo(someInfo());
    dialog.show();
    QCOMPARE(textOf(dialog, "used"), QStringLiteral("2.0 GB of 8.0 GB used"));
    QCOMPARE(
        textOf(dialog, "entries"), QStringLiteral("6 021 pictures and views of them are kept"));
    QCOMPARE(dialog.findChild<QProgressBar*>()->value(), 250);
    QCOMPARE(dialog.findChild<QLabel*>(QStringLiteral("folder"))->toolTip(),
        QStringLiteral("/somewhere/features"));
}

void TestCacheDialog::theDefaultIsStatedInNumbers()
{
    CacheDialog dialog;
    auto info = someInfo();
    info.automaticDiskLimit = 3'400'000'000;
    info.diskLimit = 1'500'000'000;
    info.diskLimitIsSet = true;
    dialog.showInfo(info);
    QVERIFY(part<QRadioButton>(dialog, "own")->isChecked());
    QCOMPARE(dialog.findChild<QDoubleSpinBox*>()->value(), 1.5);
    QVERIFY(part<QRadioButton>(dialog, "automatic")->text().contains(format::bytes(3'400'000'000)));
}

void TestCacheDialog::anEmptyCacheSaysSoAndCannotBeCleared()
{
    CacheDialog dialog;
    FeatureCache::Info info;
    info.diskLimit = info.automaticDiskLimit = 8'000'000'000;
    info.folder = "/somewhere";
    dialog.showInfo(info);
    QVERIFY(textOf(dialog, "entries").contains(QStringLiteral("Nothing is kept yet")));
    QVERIFY(!part<QPushButton>(dialog, "clear")->isEnabled());
    QVERIFY(part<QRadioButton>(dialog, "own")->isEnabled());
}

void TestCacheDialog::aLimitIsSentOnceWhenItHasComeToRest()
{
    CacheDialog dialog;
    dialog.showInfo(someInfo());
    dialog.show();
    QSignalSpy chosen(&dialog, &CacheDialog::limitChosen);
    part<QRadioButton>(dialog, "own")->click();
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(limitIn(chosen, 0), std::optional<quint64>(8'000'000'000));
    auto* limit = dialog.findChild<QDoubleSpinBox*>();
    for (int i = 0; i < 5; ++i)
        QTest::keyClick(limit, Qt::Key_Down);
    QCOMPARE(chosen.count(), 1);
    QTRY_COMPARE(chosen.count(), 2);
    QCOMPARE(limitIn(chosen, 1), std::optional<quint64>(3'000'000'000));
    part<QRadioButton>(dialog, "automatic")->click();
    QCOMPARE(chosen.count(), 3);
    QCOMPARE(limitIn(chosen, 2), std::optional<quint64>());
}

void TestCacheDialog::aLimitThatWasTypedIsNotLostByClosing()
{
    CacheDialog dialog;
    auto info = someInfo();
    info.diskLimitIsSet = true;
    dialog.showInfo(info);
    dialog.show();
    QSignalSpy chosen(&dialog, &CacheDialog::limitChosen);
    auto* limit = dialog.findChild<QDoubleSpinBox*>();
    limit->setFocus();
    limit->selectAll();
    QTest::keyClicks(limit, QStringLiteral("12.5"));
    QCOMPARE(chosen.count(), 0);
    dialog.reject();
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(limitIn(chosen, 0), std::optional<quint64>(12'500'000'000));
}

void TestCacheDialog::whatIsBeingTypedStaysWhileFiguresChange()
{
    CacheDialog dialog;
    auto info = someInfo();
    info.diskLimitIsSet = true;
    dialog.showInfo(info);
    dialog.show();
    auto* limit = dialog.findChild<QDoubleSpinBox*>();
    limit->setFocus();
    limit->selectAll();
    QTest::keyClicks(limit, QStringLiteral("1"));
    info.diskBytes += 100'000'000;
    dialog.showInfo(info);
    QTest::keyClicks(limit, QStringLiteral("6"));
    limit->interpretText();
    QCOMPARE(limit->value(), 16.0);
    QCOMPARE(textOf(dialog, "used"), QStringLiteral("2.1 GB of 8.0 GB used"));
}

void TestCacheDialog::anotherProgramsLimitIsShown()
{
    CacheDialog dialog;
    dialog.showInfo(someInfo());
    QVERIFY(part<QRadioButton>(dialog, "automatic")->isChecked());
    QSignalSpy chosen(&dialog, &CacheDialog::limitChosen);
    auto info = someInfo();
    info.diskLimit = 20'000'000'000;
    info.diskLimitIsSet = true;
    dialog.showInfo(info);
    QVERIFY(part<QRadioButton>(dialog, "own")->isChecked());
    QVERIFY(dialog.findChild<QDoubleSpinBox*>()->isEnabled());
    QCOMPARE(dialog.findChild<QDoubleSpinBox*>()->value(), 20.0);
    QTest::qWait(1000);
    QCOMPARE(chosen.count(), 0);
}

void TestCacheDialog::aFineLimitOfTheCommandLineIsShownAsItIs()
{
    CacheDialog dialog;
    auto info = someInfo();
    info.diskLimit = 12'000'000;
    info.diskLimitIsSet = true;
    dialog.showInfo(info);
    QCOMPARE(dialog.findChild<QDoubleSpinBox*>()->text(), QStringLiteral("0.012 GB"));
}

void TestCacheDialog::clearingAsksAndSaysWhatIsLost()
{
    CacheDialog dialog;
    dialog.showInfo(someInfo());
    dialog.show();
    QSignalSpy cleared(&dialog, &CacheDialog::clearRequested);
    QString asked;
    answerNextQuestion(QStringLiteral("Keep"), asked);
    part<QPushButton>(dialog, "clear")->click();
    QVERIFY(asked.contains(format::bytes(2'000'000'000)));
    QVERIFY(asked.contains(QStringLiteral("Only time is lost")));
    QVERIFY(!asked.contains(QStringLiteral("under way")));
    QCOMPARE(cleared.count(), 0);
    dialog.setTraining(true);
    answerNextQuestion(QStringLiteral("Clear"), asked);
    part<QPushButton>(dialog, "clear")->click();
    QVERIFY(asked.contains(QStringLiteral("under way")));
    QCOMPARE(cleared.count(), 1);
}

void TestCacheDialog::withoutAFolderNothingCanBeSet()
{
    CacheDialog dialog;
    dialog.showInfo(FeatureCache().info());
    QVERIFY(!part<QRadioButton>(dialog, "own")->isEnabled());
    QVERIFY(!part<QRadioButton>(dialog, "automatic")->isEnabled());
    QVERIFY(!dialog.findChild<QDoubleSpinBox*>()->isEnabled());
    QVERIFY(textOf(dialog, "note").startsWith(QStringLiteral("Nothing is kept on disk")));
}

void TestCacheDialog::whatIsWrongStandsInIt()
{
    CacheDialog dialog;
    auto info = someInfo();
    info.note = "there is no room";
    dialog.showInfo(info);
    QCOMPARE(textOf(dialog, "note"), QStringLiteral("There is no room."));
    dialog.showError(QStringLiteral("It cannot be written."));
    QCOMPARE(textOf(dialog, "note"), QStringLiteral("It cannot be written."));
    dialog.showError({});
    QCOMPARE(textOf(dialog, "note"), QStringLiteral("There is no room."));
}

void TestCacheDialog::everyControlSaysWhatItDoes()
{
    CacheDialog dialog;
    auto info = someInfo();
    info.diskLimitIsSet = true;
    dialog.showInfo(info);
    dialog.show();
    QCOMPARE(silentControls(dialog), QString());
}

void TestCacheDialog::theSessionSetsTheLimitThatTheCommandLineReads()
{
    Session session;
    CacheDialog dialog(session);
    dialog.show();
    QTRY_VERIFY(part<QRadioButton>(dialog, "own")->isEnabled());
    part<QRadioButton>(dialog, "own")->click();
    auto* limit = dialog.findChild<QDoubleSpinBox*>();
    limit->setValue(2.5);
    const FeatureCache::Options options { .folder = m_folder / "cache" };
    QTRY_COMPARE(FeatureCache(options).info().diskLimit, 2'500'000'000u);
    QVERIFY(FeatureCache(options).info().diskLimitIsSet);
    part<QRadioButton>(dialog, "automatic")->click();
    QTRY_VERIFY(!FeatureCache(options).info().diskLimitIsSet);
}

void TestCacheDialog::limitsAreSetInTheOrderInWhichTheyWereChosen()
{
    Session session;
    QSignalSpy changed(&session.cache(), &CacheKeeper::changed);
    for (quint64 limit = 1; limit <= 20; ++limit)
        session.cache().setLimit(limit * 1'000'000);
    QTRY_COMPARE(changed.count(), 20);
    QCOMPARE(session.cache().info()->diskLimit, 20'000'000u);
    QCOMPARE(FeatureCache({ .folder = m_folder / "cache" }).info().diskLimit, 20'000'000u);
}

void TestCacheDialog::clearingWhileTrainingEmptiesItAndTrainingGoesOn()
{
    Session session;
    open(session, paintedDataset(m_folder, "data"));
    session.setRecipe(tinyRecipe(10'000), QStringLiteral("test"));
    session.train();
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Training, kPatienceMs);
    CacheDialog dialog(session);
    dialog.show();
    QTRY_VERIFY(part<QPushButton>(dialog, "clear")->isEnabled());
    const QDir folder(format::path(m_folder / "cache"));
    const QStringList before = folder.entryList({ QStringLiteral("*.features") }, QDir::Files);
    QVERIFY(!before.isEmpty());
    const std::size_t epochs = session.run().history().epochs.size();
    QString asked;
    answerNextQuestion(QStringLiteral("Clear"), asked);
    part<QPushButton>(dialog, "clear")->click();
    QVERIFY(asked.contains(QStringLiteral("under way")));
    for (const QString& file : before)
        QTRY_VERIFY2(!QFileInfo::exists(folder.filePath(file)), qPrintable(file));
    QTRY_VERIFY_WITH_TIMEOUT(session.run().history().epochs.size() > epochs + 2, kPatienceMs);
    // The features that were cleared are prepared anew, which is a state of its own.
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Training, kPatienceMs);
    session.stop();
    QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
}

void TestCacheDialog::aLimitThatCannotBeSetIsSaid()
{
    m_folder.write("cache", "a file in the way");
    Session session;
    CacheDialog dialog(session);
    session.cache().setLimit(5);
    QTRY_VERIFY(session.cache().error());
    QTRY_VERIFY(textOf(dialog, "note").contains(QStringLiteral("cannot be")));
}

QTEST_MAIN(TestCacheDialog)
#include "tst_cache_dialog.moc"
