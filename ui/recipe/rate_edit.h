#pragma once

#include <QAbstractSpinBox>

#include <optional>

namespace vernier::ui {

/// Outlines a field in red, or no longer.
void markInvalid(QWidget* field, bool invalid);
bool isMarkedInvalid(const QWidget* field);

/// A small positive number that spans decades: a learning rate, a weight decay. Takes "1e-5" or
/// "0.00001"; arrow keys, wheel and buttons step by thirds of a decade (1, 2, 5, 10), page keys by
/// whole decades. What is no such number stays in the field, outlined in red, and is never told as
/// a value; Escape brings the last good one back.
class RateEdit : public QAbstractSpinBox {
    Q_OBJECT
    Q_PROPERTY(double rate READ rate WRITE setRate NOTIFY rateEdited USER true)
public:
    explicit RateEdit(QWidget* parent = nullptr);

    double rate() const { return m_rate; }
    /// Shows `rate` without telling anybody; what was being typed is dropped.
    void setRate(double rate);
    /// Whether 0 is a value here; it is not for learning rates.
    void setZeroAllowed(bool allowed);
    /// What is wrong with the text in the field; empty when nothing is.
    QString problem() const { return m_problem; }

    /// The neighbour of `rate` on the ladder 1, 2, 5, 10, `thirds` steps up or down, between
    /// the smallest and the largest rate of a recipe.
    static double stepped(double rate, int thirds);
    /// The value that `text` stands for; none, and the reason in `problem`, when it stands for
    /// none.
    static std::optional<double> parsed(const QString& text, bool zeroAllowed, QString* problem);

    void stepBy(int steps) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void rateEdited(double rate);
    void problemChanged(const QString& problem);

protected:
    StepEnabled stepEnabled() const override { return StepUpEnabled | StepDownEnabled; }
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void takeText();
    void tell(double rate);
    void setProblem(const QString& problem);

    double m_rate = 1e-3;
    bool m_zeroAllowed = false;
    QString m_problem;
};

} // namespace vernier::ui
