#pragma once

#include "core/prediction/predictor.h"
#include "ui/session/job_board.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vernier::ui {

/// What a model says of pictures: of an opened model, or else of the current run's best weights.
class Predictions : public QObject {
    Q_OBJECT
public:
    /// What is used where no model was opened.
    struct Run {
        QString folder;
        int bestEpoch = 0; ///< 0: it has no weights yet
        bool trains = false; ///< the weights on disk may be those of an earlier best epoch
        std::vector<std::string> classes;
    };
    /// A model that was opened, and the state of the file that it was read from.
    struct Loaded {
        std::shared_ptr<const Predictor> predictor;
        std::string key;
    };

    /// `run` answers what is so now, and `device` on which to compute.
    Predictions(JobBoard& jobs, std::function<Run()> run, std::function<std::string()> device,
        QObject* parent = nullptr);

    bool canPredict() const;
    void predict(const QStringList& paths); ///< results are appended
    void clear();
    void cancel(); ///< what was predicted stays
    std::optional<JobProgress> job() const; ///< while pictures are being predicted
    const std::vector<Prediction>& all() const { return m_all; }
    const QStringList& classes() const { return m_classes; }
    QString predictedBy() const { return m_predictedBy; } ///< the model of all()

    /// Uses this model from now on; what was predicted is predicted again by it. Also the name of
    /// an original network, "vgg16-imagenet".
    void openModel(const QString& fileOrRun);
    void leaveModel(); ///< back to the current run, in the same way
    void forgetModel(); ///< only that it was opened: followRun() and clear() are to follow
    bool modelIsOpened() const { return !m_modelPath.isEmpty(); }
    QString modelName() const { return m_modelName; } ///< the next ones' model

    void followRun(); ///< it has better weights, or is another one
    void abandonRun(); ///< what is under way would stand under the next run's name

Q_SIGNALS:
    void added(int first, int count);
    void cleared(); ///< all that there were
    void modelChanged();

private:
    void start();
    void drop(); ///< what is under way and what waits; answers that are there stay
    void add(std::vector<Prediction> predictions);
    void predictAgain(); ///< all that was given, by the model in use now
    QStringList answeredPaths() const;
    void setModel(
        const QString& name, const std::vector<std::string>& classes, const QString& path);

    JobBoard& m_jobs;
    std::function<Run()> m_run;
    std::function<std::string()> m_device;
    std::vector<Prediction> m_all;
    QStringList m_classes;
    QString m_modelName;
    QString m_predictedBy;
    QString m_predictingBy; ///< the model of the job under way
    QString m_modelPath; ///< opened by the user; empty: the current run's best
    Loaded m_loaded; ///< held here; one worker at a time has it
    QStringList m_given; ///< all that the predictions are of
    QStringList m_toPredict;
};

} // namespace vernier::ui
