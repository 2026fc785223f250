#include "core/base/files.h"
#include "tests/support/http_server.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/frame/dataset_dialog.h"
#include "ui/frame/weights_dialog.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/predict/predict_page.h"
#include "ui/session/predictions.h"

#include <QFrame>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <atomic>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

namespace {

const std::string kContent(200'000, 'w');

QPushButton* button(const QWidget& part, const char* name)
{
    return part.findChild<QPushButton*>(QLatin1String(name));
}

QString progressText(const QWidget& part)
{
    return part.findChild<QLabel*>(QStringLiteral("progressText"))->text();
}

} // namespace

class TestFetchDialogs : public QObject {
    Q_OBJECT

private:
    std::optional<TemporaryFolder> m_folder;
    std::optional<HttpServer> m_server;
    std::atomic<bool> m_hangs = false;
    std::atomic<int> m_status = 200;

    void serve(const std::string& content)
    {
        m_server.emplace([this, content](const HttpRequest& request) {
            if (m_status != 200)
                return httpReply(m_status, "no");
            auto reply = fileReply(request, content, "\"1\"");
            if (m_hangs) {
                reply = brokenOff(reply, 50'000);
                reply.hangs = true;
            }
            return reply;
        });
        const auto entry = [&](const std::string& more) {
            return "{\"title\":\"Some weights\",\"url\":\"" + m_server->url("/x")
                + "\",\"hash_from\":\"nobody\",\"licence\":\"CC BY 4.0\",\"about\":\"For a test\","
                + more + "}";
        };
        m_folder->write("catalogue.json",
            "{\"weights\":["
                + entry(
                    "\"name\":\"one\",\"file\":\"one.h5\",\"backbone\":\"tinyvgg\",\"top\":true,"
                    "\"bytes\":"
                    + std::to_string(content.size()))
                + ","
                + entry("\"name\":\"two\",\"file\":\"two.h5\",\"backbone\":\"vgg16\",\"top\":false,"
                        "\"about_bytes\":5000000")
                + "],\"datasets\":["
                + entry("\"name\":\"pictures\",\"file\":\"p.tar.gz\",\"about_bytes\":22000000")
                + "]}");
    }

    /// Of a download under way; 0: none.
    int partBytes(const char* file) const
    {
        std::error_code error;
        const auto bytes
            = std::filesystem::file_size(*m_folder / "data" / (std::string(file) + ".part"), error);
        return error ? 0 : static_cast<int>(bytes);
    }

    /// A shown dialog with its entries.
    static QFrame* entryOf(WeightsDialog& dialog, const char* name)
    {
        dialog.show();
        QFrame* card = nullptr;
        [&] {
            QTRY_VERIFY_WITH_TIMEOUT(
                (card = dialog.findChild<QFrame*>(QLatin1String(name))), kPatienceMs);
        }();
        return card;
    }

private Q_SLOTS:
    void initTestCase()
    {
        theme::apply(Scheme::Light);
        qputenv("no_proxy", "*");
    }
    void init()
    {
        startWithNothingRemembered();
        m_folder.emplace();
        m_hangs = false;
        m_status = 200;
        serve(kContent);
        qputenv("VERNIER_CATALOGUE", (*m_folder / "catalogue.json").c_str());
        qputenv("VERNIER_DATA", (*m_folder / "data").c_str());
    }
    void cleanup()
    {
        qunsetenv("VERNIER_CATALOGUE");
        qunsetenv("VERNIER_DATA");
        qunsetenv("VERNIER_RESOURCE_DIR");
        m_server.reset();
    }

    void weightsAreListedWithSizeAndLicence()
    {
        WeightsDialog dialog("vgg16");
        QFrame* one = entryOf(dialog, "one");
        QString all;
        for (const auto* label : dialog.findChildren<QLabel*>())
            all += label->text() + QLatin1Char('\n');
        QVERIFY2(all.contains(format::bytes(200'000)), qPrintable(all));
        QVERIFY2(
            all.contains(QStringLiteral("about ") + format::bytes(5'000'000)), qPrintable(all));
        QVERIFY(all.contains(QStringLiteral("CC BY 4.0")));
        QVERIFY(all.contains(QStringLiteral("For a test.")));
        QVERIFY(!button(*one, "fetch")->isHidden());
        QVERIFY(button(*one, "cancel")->isHidden());
        QVERIFY(button(*one, "remove")->isHidden());
        QVERIFY(button(*one, "start")->isHidden());
    }

    void theBackbonesOwnStandFirst()
    {
        for (const auto* backbone : { "vgg16", "tinyvgg" }) {
            WeightsDialog dialog(backbone);
            dialog.show();
            QFrame* one = entryOf(dialog, "one");
            QFrame* two = entryOf(dialog, "two");
            QCoreApplication::processEvents();
            QCOMPARE(one->y() < two->y(), std::string(backbone) == "tinyvgg");
        }
    }

    void fetchedWeightsCanBeStartedFromAndRemoved()
    {
        WeightsDialog dialog("vgg16");
        QSignalSpy changed(&dialog, &WeightsDialog::weightsChanged);
        QSignalSpy started(&dialog, &WeightsDialog::startFrom);
        QFrame* one = entryOf(dialog, "one");
        button(*one, "fetch")->click();
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
        QVERIFY(button(*one, "fetch")->isHidden());
        QVERIFY(!button(*one, "remove")->isHidden());
        // Nobody states a hash, so it says which it is.
        QVERIFY2(progressText(*one).contains(QStringLiteral("SHA-256 ")),
            qPrintable(progressText(*one)));
        const auto file = *m_folder / "data" / "weights" / "one.h5";
        QCOMPARE(readTextFile(file, 1 << 20).value(), kContent);

        button(*one, "start")->click();
        QCOMPARE(started.count(), 1);
        QCOMPARE(started[0][0].toString(), format::path(file));
        QCOMPARE(started[0][1].toString(), QStringLiteral("tinyvgg"));
        QVERIFY(!dialog.isVisible());

        // The next dialog knows that they are there.
        WeightsDialog again("vgg16");
        QSignalSpy removed(&again, &WeightsDialog::weightsChanged);
        one = entryOf(again, "one");
        QVERIFY(!button(*one, "remove")->isHidden());
        button(*one, "remove")->click();
        QTRY_COMPARE_WITH_TIMEOUT(removed.count(), 1, kPatienceMs);
        QVERIFY(!std::filesystem::exists(file));
        QVERIFY(!button(*one, "fetch")->isHidden());
    }

    void aDownloadThatIsCancelledGoesOnLater()
    {
        m_hangs = true;
        WeightsDialog dialog("vgg16");
        QSignalSpy changed(&dialog, &WeightsDialog::weightsChanged);
        QFrame* one = entryOf(dialog, "one");
        button(*one, "fetch")->click();
        QVERIFY(!button(*one, "cancel")->isHidden());
        QVERIFY(!one->findChild<QProgressBar*>()->isHidden());
        QTRY_COMPARE_WITH_TIMEOUT(partBytes("weights/one.h5"), 50'000, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(progressText(*one).contains(format::bytes(200'000)), kPatienceMs);
        QVERIFY(button(*one, "fetch")->isHidden());
        button(*one, "cancel")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!button(*one, "fetch")->isHidden(), kPatienceMs);
        QVERIFY(progressText(*one).startsWith(QStringLiteral("Stopped")));
        QVERIFY(one->findChild<QProgressBar*>()->isHidden());
        QCOMPARE(changed.count(), 0);

        m_hangs = false;
        button(*one, "fetch")->click();
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
        QVERIFY(m_server->requests().back().headers.contains("range"));
    }

    void aFailureStandsBesideItsEntry()
    {
        m_status = 404;
        WeightsDialog dialog("vgg16");
        QFrame* one = entryOf(dialog, "one");
        button(*one, "fetch")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!button(*one, "fetch")->isHidden(), kPatienceMs);
        QVERIFY2(progressText(*one).contains(QStringLiteral("there is no such file")),
            qPrintable(progressText(*one)));
    }

    void aBrokenCatalogueIsSaid()
    {
        m_folder->write("catalogue.json", "{");
        WeightsDialog dialog("vgg16");
        dialog.show();
        QTRY_VERIFY_WITH_TIMEOUT(
            std::ranges::any_of(dialog.findChildren<QLabel*>(),
                [](const QLabel* label) { return label->text().contains("no valid JSON"); }),
            kPatienceMs);
    }

    void closingWhileItDownloadsKeepsWhatHasCome()
    {
        m_hangs = true;
        {
            WeightsDialog dialog("vgg16");
            QFrame* one = entryOf(dialog, "one");
            button(*one, "fetch")->click();
            QTRY_COMPARE_WITH_TIMEOUT(partBytes("weights/one.h5"), 50'000, kPatienceMs);
        }
        QCOMPARE(
            std::filesystem::file_size(*m_folder / "data" / "weights" / "one.h5.part"), 50'000U);
    }

    void aDatasetIsDownloadedUnpackedAndOffered()
    {
        serve(readTextFile(dataDir() / "archives" / "good.tar.gz", 1 << 20).value());
        const auto dataset = findPublished(PublishedFile::Kind::Dataset, "pictures");
        QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
        DatasetDialog dialog(*dataset);
        QSignalSpy fetched(&dialog, &DatasetDialog::fetched);
        dialog.show();
        QCOMPARE(dialog.folder(), format::path(*m_folder / "data" / "datasets" / "pictures"));
        dialog.setFolder(format::path(*m_folder / "mine"));
        button(dialog, "fetch")->click();
        QVERIFY(!button(dialog, "fetch")->isEnabled());
        QTRY_COMPARE_WITH_TIMEOUT(fetched.count(), 1, kPatienceMs);
        QCOMPARE(fetched[0][0].toString(), dialog.folder());
        QVERIFY(std::filesystem::exists(*m_folder / "mine" / "forky" / "one.txt"));
        QVERIFY(!dialog.isVisible());

        // What is there already is opened, and not fetched again.
        DatasetDialog again(*dataset);
        QSignalSpy opened(&again, &DatasetDialog::fetched);
        again.setFolder(dialog.folder());
        QCOMPARE(button(again, "fetch")->text(), QStringLiteral("Open"));
        const auto before = m_server->requests().size();
        button(again, "fetch")->click();
        QCOMPARE(opened.count(), 1);
        QCOMPARE(m_server->requests().size(), before);
    }

    void aDatasetThatCannotBeHadSaysWhy()
    {
        const auto dataset = findPublished(PublishedFile::Kind::Dataset, "pictures");
        DatasetDialog dialog(*dataset);
        dialog.show();
        button(dialog, "fetch")->click();
        QTRY_VERIFY_WITH_TIMEOUT(button(dialog, "fetch")->isEnabled(), kPatienceMs);
        QVERIFY2(progressText(dialog).contains(QStringLiteral("is no archive")),
            qPrintable(progressText(dialog)));
        QVERIFY(dialog.isVisible());

        m_hangs = true;
        button(dialog, "fetch")->click();
        QTRY_COMPARE_WITH_TIMEOUT(
            partBytes("datasets/pictures.fetching/p.tar.gz"), 50'000, kPatienceMs);
        button(dialog, "cancel")->click();
        QTRY_VERIFY_WITH_TIMEOUT(button(dialog, "fetch")->isEnabled(), kPatienceMs);
        QVERIFY(progressText(dialog).startsWith(QStringLiteral("Stopped")));
        QVERIFY(dialog.isVisible());
        // There is nothing to cancel any more but the dialog.
        button(dialog, "cancel")->click();
        QVERIFY(!dialog.isVisible());
    }

    void theOriginalNetworkIsOfferedOnceItsWeightsAreThere()
    {
        m_folder->write("resources/labels/imagenet.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
        Session session;
        session.setRecipe(tinyRecipe(1), QStringLiteral("test"));
        ThumbnailService thumbnails;
        PredictPage page(session, thumbnails);
        page.show();
        qputenv("VERNIER_RESOURCE_DIR", (*m_folder / "resources").c_str());
        auto* original = button(page, "original");
        QVERIFY(!original->isVisible());

        serve(readTextFile(dataDir() / "weights" / "formats" / "torch_zip.pth", 1 << 20).value());
        WeightsDialog dialog("vgg16");
        connect(&dialog, &WeightsDialog::weightsChanged, &page, &PredictPage::lookForOriginal);
        button(*entryOf(dialog, "one"), "fetch")->click();
        QTRY_VERIFY_WITH_TIMEOUT(original->isVisible(), kPatienceMs);

        QSignalSpy opened(&session.predictions(), &Predictions::modelChanged);
        original->click();
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kPatienceMs);
        QCOMPARE(session.predictions().modelName(), QStringLiteral("Original Tiny VGG"));
        QCOMPARE(session.predictions().classes().size(), 10);
        QVERIFY(session.predictions().canPredict());
    }

    void everyControlSaysWhatItDoes()
    {
        WeightsDialog weights("vgg16");
        entryOf(weights, "one");
        QCOMPARE(silentControls(weights), QString());
        DatasetDialog pictures(*findPublished(PublishedFile::Kind::Dataset, "pictures"));
        pictures.show();
        QCOMPARE(silentControls(pictures), QString());
    }
};

QTEST_MAIN(TestFetchDialogs)
#include "tst_fetch_dialogs.moc"
