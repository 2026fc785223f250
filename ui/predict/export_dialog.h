#pragma once

#include "core/exporting/exporter.h"

#include <QDialog>

class QButtonGroup;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace vernier::ui {

class Session;

/// Exports a model: format and file, then progress, then the parity report. Without a Session it
/// only says what is wanted (exportRequested) and shows what it is told.
class ExportDialog : public QDialog {
    Q_OBJECT
public:
    /// `name` stands in the suggested file name.
    explicit ExportDialog(const QString& name, QWidget* parent = nullptr);
    explicit ExportDialog(Session& session, QWidget* parent = nullptr);

    void setFormat(ExportFormat format);
    ExportFormat format() const;
    void setFile(const QString& file);
    QString file() const;

    void showProgress(qint64 done, qint64 total); ///< total 0: unknown
    void showReport(const ExportReport& report);
    void showError(const QString& sentence);
    bool busy() const;

    void reject() override; ///< while busy: cancels and stays open until it has ended

Q_SIGNALS:
    void exportRequested(vernier::ExportFormat format, const QString& file);
    void cancelRequested();

private:
    QWidget* makeChoice();
    QWidget* makeProgress();
    QWidget* makeReport();
    void browse();
    void begin();
    void showChoice();
    void checkFile();

    QStackedWidget* m_stack;
    QButtonGroup* m_formats;
    QLineEdit* m_file;
    QLabel* m_fileHint;
    QLabel* m_error;
    QPushButton* m_export;
    QLabel* m_stage;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QPushButton* m_close;
    QLabel* m_written;
    QLabel* m_pictures;
    QLabel* m_difference;
    QLabel* m_reader;
    QLabel* m_size;
    QLabel* m_reportFile;
    QString m_writtenFile;
};

} // namespace vernier::ui
