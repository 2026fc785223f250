#pragma once

#include "ui/recipe/epoch_cost.h"

#include <QWidget>

#include <map>

class QLabel;
class QMenu;
class QPushButton;
class QStackedWidget;

namespace vernier::ui {

class FactTile;
class NetworkCard;
class NetworkView;
class Session;
class SettingsPanel;
class ViewsPreview;
class WhyPanel;

/// What decides the next run: the network with its ticks and rates, presets, what it will cost, and
/// every other value at the side. All edits go through Session::setRecipe and can be undone.
class RecipePage : public QWidget {
    Q_OBJECT
public:
    explicit RecipePage(Session& session, QWidget* parent = nullptr);

    NetworkView* network() const;
    SettingsPanel* settings() const { return m_settings; }
    ViewsPreview* preview() const { return m_preview; }
    WhyPanel* why() const { return m_why; }
    /// A field whose text cannot be taken, so that the recipe is not what the page says; or none. A
    /// group that hides it is unfolded.
    QWidget* wrongField() const;

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* makeHeader();
    QWidget* makePreviewCard();
    QWidget* makeWhyCard();
    /// The network, or one of what may stand in its place while its button is pressed.
    void setStage(QWidget* card);
    void explain(const EpochCost& cost);
    QWidget* makeFacts();
    void fillBuiltInMenu(QMenu* menu);

    void showRecipe();
    void showCost();
    void showProblem(const QString& problem);
    void noteSpeed();
    void openFile();
    void saveFile();
    /// The recipe that changed values are marked against: the built-in one of that name, else the
    /// default.
    const Recipe& base() const;
    int classes() const;
    PictureCounts counts() const;

    Session& m_session;
    std::map<std::string, Recipe> m_builtIn;
    Recipe m_default;
    NetworkOutline m_outline;
    MeasuredSpeed m_speed;
    QLabel* m_name = nullptr;
    QLabel* m_about = nullptr;
    QLabel* m_problem = nullptr;
    NetworkCard* m_network = nullptr;
    FactTile* m_parameters = nullptr;
    FactTile* m_epoch = nullptr;
    FactTile* m_once = nullptr;
    SettingsPanel* m_settings = nullptr;
    QStackedWidget* m_stage = nullptr; ///< the network, what it sees, or why
    ViewsPreview* m_preview = nullptr;
    WhyPanel* m_why = nullptr;
    QPushButton* m_whyButton = nullptr;
};

} // namespace vernier::ui
