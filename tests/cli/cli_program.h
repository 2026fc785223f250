#pragma once

#include <filesystem>

#include <QJsonDocument>
#include <QJsonObject>
#include <QList>
#include <QProcess>
#include <QString>

namespace vernier::test {

inline QString text(const std::filesystem::path& path)
{
    return QString::fromStdString(path.string());
}

struct Answer {
    int code = -1;
    QByteArray out;
    QByteArray err;

    QList<QJsonObject> lines() const
    {
        QList<QJsonObject> objects;
        for (const auto& line : out.split('\n')) {
            if (!line.isEmpty())
                objects.push_back(QJsonDocument::fromJson(line).object());
        }
        return objects;
    }
};

inline void start(QProcess& process, const QStringList& arguments, const QString& cache)
{
    auto environment = QProcessEnvironment::systemEnvironment();
    if (!cache.isEmpty())
        environment.insert(QStringLiteral("VERNIER_CACHE"), cache);
    process.setProcessEnvironment(environment);
    process.start(VERNIER_CLI, arguments);
}

inline Answer answerOf(QProcess& process)
{
    if (!process.waitForFinished(600'000))
        qWarning("vernier-cli did not end");
    const bool ended = process.exitStatus() == QProcess::NormalExit;
    return { ended ? process.exitCode() : -1, process.readAllStandardOutput(),
        process.readAllStandardError() };
}

/// Runs vernier-cli to its end.
inline Answer cli(const QStringList& arguments, const QString& cache = {})
{
    QProcess process;
    start(process, arguments, cache);
    return answerOf(process);
}

} // namespace vernier::test
