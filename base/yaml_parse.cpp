#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/yaml_text.h"
#include "base/yaml_tree.h"

namespace foretoken {
namespace {

constexpr std::size_t kDeepest = 64;

/// Builds the tree from the parser's events. The node interface of yaml-cpp is not used: it keeps
/// the first of two equal keys without a word and forgets where absent nodes were looked for.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(YamlState& state) : state_(state) {}

  std::shared_ptr<YamlNode> top() const { return top_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (top_) stop(mark, "a second document begins here; a file holds one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, anchor, YamlNode::Kind::Null);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_alias(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Frame* const frame = frames_.empty() ? nullptr : &frames_.back();
    if (frame != nullptr && frame->node->kind == YamlNode::Kind::Map && !frame->has_key) {
      refuse_anchor(mark, anchor);
      take_key(mark, value);
      return;
    }
    const auto node = add(mark, anchor, YamlNode::Kind::Scalar);
    node->scalar = value;
    node->quoted = tag == "!";
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::Sequence);
  }
  void OnSequenceEnd() override { frames_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::Map);
  }
  void OnMapEnd() override { frames_.pop_back(); }

 private:
  struct Frame {
    std::shared_ptr<YamlNode> node;
    std::unordered_map<std::string, int> seen;  // key to its line
    bool has_key = false;
  };

  [[noreturn]] void stop(const YAML::Mark& mark, std::string message) const {
    std::vector<Fault> faults = state_.faults;
    faults.push_back({state_.name, mark.line + 1, mark.column + 1, std::move(message)});
    throw ConfigError(std::move(faults));
  }

  [[noreturn]] void refuse_alias(const YAML::Mark& mark) const {
    stop(mark, "aliases ('*name') are not read here; write the value out");
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) stop(mark, "anchors ('&name') are not read here; write the value out");
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    Frame& frame = frames_.back();
    frame.has_key = true;
    const auto [first, is_new] = frame.seen.emplace(key, mark.line + 1);
    // The second of two equal keys counts as asked for: that it is there twice is fault enough.
    frame.node->entries.push_back({key, mark.line + 1, mark.column + 1, nullptr, !is_new});
    if (is_new) return;
    const std::string& path = frame.node->path;
    state_.faults.push_back({state_.name, mark.line + 1, mark.column + 1,
                             fmt::format("key '{}{}{}' appears twice; first on line {}", path,
                                         path.empty() ? "" : ".", key, first->second)});
  }

  std::shared_ptr<YamlNode> add(const YAML::Mark& mark, YAML::anchor_t anchor,
                                YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    auto node = std::make_shared<YamlNode>();
    node->kind = kind;
    node->line = mark.line + 1;
    node->column = mark.column + 1;
    if (frames_.empty()) {
      top_ = node;
      return node;
    }
    Frame& frame = frames_.back();
    YamlNode& parent = *frame.node;
    if (parent.kind == YamlNode::Kind::Sequence) {
      node->path = fmt::format("{}[{}]", parent.path, parent.items.size());
      parent.items.push_back(node);
      return node;
    }
    if (!frame.has_key) stop(mark, "a key must be a text");
    frame.has_key = false;
    YamlEntry& entry = parent.entries.back();
    node->path = parent.path.empty() ? entry.key : fmt::format("{}.{}", parent.path, entry.key);
    entry.value = node;
    return node;
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (frames_.size() >= kDeepest) {
      stop(mark, fmt::format("nested more than {} levels deep", kDeepest));
    }
    frames_.push_back({add(mark, anchor, kind), {}, false});
  }

  YamlState& state_;
  std::shared_ptr<YamlNode> top_;
  std::vector<Frame> frames_;
};

[[noreturn]] void stop(const YamlState& state, int line, int column, std::string message) {
  std::vector<Fault> faults = state.faults;
  faults.push_back({state.name, line, column, std::move(message)});
  throw ConfigError(std::move(faults));
}

}  // namespace

std::shared_ptr<YamlNode> parse_yaml_tree(std::string_view text, YamlState& state) {
  if (const auto flaw = yaml_text_flaw(text)) {
    stop(state, flaw->line, flaw->column, flaw->message);
  }
  TreeBuilder builder(state);
  std::istringstream in{std::string(text)};
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& fault) {
    stop(state, fault.mark.line + 1, fault.mark.column + 1, "syntax: " + fault.msg);
  }
  auto top = builder.top();
  if (!top || top->kind == YamlNode::Kind::Null) {
    stop(state, 1, 1, "the file is empty; expected 'key: value' lines, the first 'schema: 1'");
  }
  if (top->kind != YamlNode::Kind::Map) {
    stop(state, top->line, top->column, "expected 'key: value' lines at the top of the file");
  }
  return top;
}

}  // namespace foretoken
