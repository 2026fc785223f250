#include "core/base/files.h"
#include "core/exporting/run_metrics.h"
#include "core/exporting/tensorboard.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

#include <QtTest>

using namespace vernier;
using namespace vernier::test;

namespace {

constexpr std::time_t kStarted = 1'767'225'600;

/// As in tests/data/tensorboard/make.py.
std::vector<EpochDone> epochs()
{
    return { { 1, 1, 1.25, 0.5, 300, 0.75, 0.625, 100, 2.5, 120, true },
        { 1, 2, 0.5, 0.875, 300, std::nullopt, std::nullopt, 0, 2.5, 120, false },
        { 2, 300, 0.1, 0.99, 300, 0.3, 0.93, 100, 4, 75, true } };
}

std::string content(const std::filesystem::path& file)
{
    const auto text = readTextFile(file, 1 << 20);
    return text ? *text : text.error().text();
}

} // namespace

class TestRunMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// The files that TensorBoard's own classes write of the same figures.
    void tensorBoardsFilesComeOutByteForByte()
    {
        const TemporaryFolder folder;
        const auto written = writeTensorBoard(folder / "logs", epochs(), kStarted);
        QVERIFY2(written, written ? "" : written.error().text().c_str());
        for (const std::string split : { "train", "validation" }) {
            const auto file
                = split + "/events.out.tfevents." + std::to_string(kStarted) + ".vernier";
            const auto expected = content(dataDir() / "tensorboard" / file);
            QVERIFY(expected.size() > 100);
            QVERIFY2(content(folder / "logs" / file) == expected, file.c_str());
        }
    }

    void withoutValidationThereIsNoFileOfIt()
    {
        const TemporaryFolder folder;
        QVERIFY(writeTensorBoard(folder.path(), std::vector { epochs()[1] }, kStarted));
        QVERIFY(std::filesystem::exists(folder / "train"));
        QVERIFY(!std::filesystem::exists(folder / "validation"));
    }

    void aFolderThatCannotBeMadeIsNamed()
    {
        const TemporaryFolder folder;
        const auto file = folder.write("file", "in the way");
        const auto written = writeTensorBoard(file, epochs(), kStarted);
        QVERIFY(!written);
        QCOMPARE(written.error().path, file / "train");
    }

    void theTableHasALineForEachEpoch()
    {
        PhaseStarted phase;
        phase.phase = 2;
        phase.plan = { 1e-3, { { "block4", 1e-5 }, { "block5", 1e-5 } } };
        const auto csv = metricsToCsv(std::vector { phase }, epochs(), 300);
        QCOMPARE(std::count(csv.begin(), csv.end(), '\n'), 4);
        QVERIFY(csv.starts_with("epoch,phase,plan,train_loss,"));
        QVERIFY(
            csv.find("\r\n1,1,,1.25,0.5,300,0.75,0.625,100,2.5,120,0\r\n") != std::string::npos);
        QVERIFY(csv.find("\r\n2,1,,0.5,0.875,300,,,0,2.5,120,0\r\n") != std::string::npos);
        QVERIFY(csv.ends_with(
            "\r\n300,2,\"blocks 4, 5 at 1e-5\",0.1,0.99,300,0.3,0.93,100,4,75,1\r\n"));
    }
};

QTEST_GUILESS_MAIN(TestRunMetrics)
#include "tst_run_metrics.moc"
