#pragma once

#include "core/dataset/edit.h"
#include "ui/base/format.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/picture_actions.h"
#include "ui/pictures/picture_answer.h"
#include "ui/pictures/thumbnail_service.h"

#include <QAbstractListModel>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTest>
#include <QVBoxLayout>

namespace vernier::test {

/// Pictures of a dataset, with what a network says of them; only those of `shownClass` where one is
/// given, as a page shows them that hides what was mended.
class MadePictures : public QAbstractListModel {
public:
    using QAbstractListModel::QAbstractListModel;

    void setDataset(SnapshotPtr dataset)
    {
        beginResetModel();
        m_dataset = std::move(dataset);
        m_rows.clear();
        for (std::size_t i = 0; i < m_dataset->images.size(); ++i) {
            if (!shownClass || m_dataset->images[i].label == *shownClass)
                m_rows.push_back(i);
        }
        endResetModel();
    }
    std::optional<ClassIndex> shownClass;
    std::vector<QString> predicted; ///< by image; fewer: nothing is said of the rest
    std::vector<std::size_t> foreign; ///< not of the open dataset

    int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    QVariant data(const QModelIndex& index, int role) const override
    {
        if (!index.isValid() || !checkIndex(index))
            return {};
        const std::size_t image = m_rows[static_cast<std::size_t>(index.row())];
        const ImageEntry& entry = m_dataset->images[image];
        const bool said = image < predicted.size() && !predicted[image].isEmpty();
        switch (role) {
        case ui::PathRole:
            return ui::format::path(m_dataset->absolute(entry));
        case ui::ImageRole:
            return std::ranges::count(foreign, image) ? QVariant()
                                                      : QVariant(static_cast<qulonglong>(image));
        case ui::ProposalRole:
            return said ? predicted[image] : QString();
        case ui::AnswerRole:
            return said ? QVariant::fromValue(ui::PictureAnswer {
                       { "ants", "bees", predicted[image] }, { 0.1F, 0.2F, 0.7F }, {} })
                        : QVariant();
        default:
            return {};
        }
    }

private:
    SnapshotPtr m_dataset;
    std::vector<std::size_t> m_rows;
};

/// A page with a gallery of eight pictures, four ants and four bees, that is mended as a session
/// would mend it.
class MendedGallery : public QWidget {
public:
    MendedGallery()
    {
        auto made = std::make_shared<DatasetSnapshot>();
        made->root = "/pictures";
        made->classes = { "ants", "bees" };
        for (int i = 0; i < 8; ++i) {
            ImageEntry entry;
            entry.path = (i < 4 ? "ants/" : "bees/") + std::to_string(i) + ".jpg";
            entry.label = i < 4 ? 0 : 1;
            entry.width = 40;
            entry.height = 30;
            entry.bytes = 2000;
            made->images.push_back(entry);
        }
        found = made;
        gallery.setAccessibleName(QStringLiteral("Pictures"));
        gallery.setModel(&model);
        stack.addWidget(&gallery);
        auto* layout = new QVBoxLayout(this);
        layout->addWidget(&stack);
        actions.addView(gallery);
        setDataset(made);
        connect(&actions, &ui::PictureActions::relabelRequested, this,
            [this](const std::vector<ui::Relabelling>& wishes) {
                SnapshotPtr next = dataset;
                for (const ui::Relabelling& wish : wishes)
                    next = relabelled(next, wish.images, wish.label);
                change(next);
            });
        connect(&actions, &ui::PictureActions::moveRequested, this,
            [this](const std::vector<std::size_t>& images, Split split) {
                change(moved(dataset, images, split));
            });
        connect(&actions, &ui::PictureActions::confirmRequested, this,
            [this](const std::vector<std::size_t>& images, bool right) {
                change(confirmed(dataset, images, right));
            });
        resize(800, 600);
    }

    bool bringUp()
    {
        show();
        activateWindow();
        gallery.setFocus();
        return QTest::qWaitForWindowActive(this);
    }
    void setDataset(SnapshotPtr next)
    {
        dataset = std::move(next);
        model.setDataset(dataset);
        actions.setDataset(dataset, found);
    }
    void change(SnapshotPtr next)
    {
        ++changes;
        setDataset(std::move(next));
    }
    void select(std::initializer_list<int> rows)
    {
        gallery.selectionModel()->clear();
        for (const int row : rows)
            gallery.selectionModel()->setCurrentIndex(
                model.index(row), QItemSelectionModel::Select);
    }
    QList<int> selected() const
    {
        QList<int> rows;
        for (const int row : actions.selectedRows())
            rows << row;
        return rows;
    }

    SnapshotPtr found;
    SnapshotPtr dataset;
    int changes = 0;
    ui::ThumbnailService thumbnails;
    MadePictures model;
    QStackedWidget stack;
    ui::GalleryView gallery { thumbnails };
    ui::PictureActions actions { this };
};

} // namespace vernier::test
