#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace vernier::ui {

class PicturePane;

/// One picture large, with its facts at the side. Arrow keys ask for its neighbours, Escape for the
/// way back.
class LargeView : public QWidget {
    Q_OBJECT
public:
    explicit LargeView(QWidget* parent = nullptr);

    struct Facts {
        QString path; ///< absolute
        QString label;
        QString split;
        int width = 0;
        int height = 0;
        quint64 bytes = 0;
        QString predicted; ///< "bees, 97.1 %"; empty: not known
        bool wrong = false;
        int number = 1; ///< of `count`, in the gallery's order
        int count = 1;
    };
    void present(const Facts& facts);

Q_SIGNALS:
    void step(int by); ///< -1, +1; far beyond the ends for the first and the last
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QString m_path;
    PicturePane* m_picture;
    QLabel* m_name;
    QLabel* m_position;
    QLabel* m_label;
    QLabel* m_split;
    QLabel* m_size;
    QLabel* m_shape;
    QLabel* m_bytes;
    QLabel* m_predictedTitle;
    QLabel* m_predicted;
    QLabel* m_folder;
    QToolButton* m_previous;
    QToolButton* m_next;
};

} // namespace vernier::ui
