#include "core/weights/torchscript_module.h"

#include "core/weights/model_metadata.h"
#include "core/weights/weight_file.h"

#include <set>

namespace vernier {

namespace {

using Kind = PickleValue::Kind;

/// One value may stand under many names, so that what is built is held against the pickle's length.
constexpr std::size_t kBuiltPerByte = 4;

class Module {
public:
    Module(const Pickle& pickle, const std::filesystem::path& file)
        : m_pickle(pickle), m_file(file), m_left(kBuiltPerByte * pickle.bytes)
    {
    }

    Result<TorchScriptModule> read()
    {
        const auto& root = m_pickle.values[m_pickle.root];
        if (root.kind != Kind::Object)
            return fail(ErrorCode::Unsupported, "is no TorchScript file: it holds no module",
                m_file, "choose a model that Vernier exported");
        if (auto ok = readObject(root, {}); !ok)
            return tl::unexpected(ok.error());
        return std::move(m_module);
    }

private:
    /// A module, or where there is a prefix one of its layers, which hold tensors alone.
    Status readObject(const PickleValue& object, const std::string& prefix)
    {
        if (object.items.empty())
            return {};
        const auto& attributes = m_pickle.values[object.items.front()].items;
        for (std::size_t i = 0; i + 1 < attributes.size(); i += 2) {
            const auto& key = m_pickle.values[attributes[i]];
            const auto& value = m_pickle.values[attributes[i + 1]];
            const auto name = prefix + key.text;
            if (key.kind != Kind::Text)
                return unknown("without a name");
            if (auto ok = take(name.size() + 1 + value.text.size() + value.shape.size()); !ok)
                return ok;
            if (!m_names.insert(name).second)
                return fail(ErrorCode::Corrupt, "the name " + shownName(name) + " comes twice",
                    m_file, "export the model again");
            if (auto ok = readAttribute(name, value, prefix.empty()); !ok)
                return ok;
        }
        return {};
    }

    Status readAttribute(const std::string& name, const PickleValue& value, bool ofModel)
    {
        switch (value.kind) {
        case Kind::Tensor:
            m_module.tensors.push_back(tensorOf(m_pickle, name, value));
            return {};
        case Kind::None:
        case Kind::Other: // "training", which PyTorch adds when it saves a module again
            return {};
        case Kind::Text:
            if (!ofModel)
                break;
            m_module.metadata[name] = value.text;
            return {};
        case Kind::List:
            if (!ofModel || name != metadata_keys::kClasses)
                break;
            return readClasses(value);
        case Kind::Object:
            if (!ofModel)
                break;
            return readObject(value, name + ".");
        default:
            break;
        }
        return unknown(shownName(name));
    }

    /// The other formats have them as the text of a JSON list.
    Status readClasses(const PickleValue& list)
    {
        std::vector<std::string> classes;
        for (const auto id : list.items) {
            const auto& name = m_pickle.values[id];
            if (name.kind != Kind::Text)
                return unknown(metadata_keys::kClasses);
            if (auto ok = take(name.text.size() + 1); !ok)
                return ok;
            classes.push_back(name.text);
        }
        m_module.metadata[metadata_keys::kClasses] = classesText(classes);
        return {};
    }

    Status take(std::size_t count)
    {
        if (count > m_left)
            return fail(ErrorCode::TooLarge, "builds more than its length explains", m_file,
                "choose a model that Vernier exported");
        m_left -= count;
        return {};
    }

    tl::unexpected<Error> unknown(const std::string& what) const
    {
        return fail(ErrorCode::Unsupported,
            "has an attribute that Vernier's exports do not have (" + what + ")", m_file,
            "choose a model that Vernier exported");
    }

    const Pickle& m_pickle;
    const std::filesystem::path& m_file;
    TorchScriptModule m_module;
    std::set<std::string> m_names;
    std::size_t m_left; ///< that may still be built
};

} // namespace

Result<TorchScriptModule> torchScriptModuleOf(
    const Pickle& pickle, const std::filesystem::path& file)
{
    return Module(pickle, file).read();
}

} // namespace vernier
