#include "probe/nvml_reader.h"

#include <gtest/gtest.h>

namespace foretoken::probe {
namespace {

TEST(NvmlReader, TellsNothingOfADeviceThatIsNotThere) {
  const NvmlReader nvml("ffff:ff:1f.0");
  EXPECT_FALSE(nvml.works());
  EXPECT_EQ(nvml.watts(), 0);
  EXPECT_EQ(nvml.joules(), 0);
  EXPECT_EQ(nvml.sm_hertz(), 0);
  EXPECT_EQ(nvml.memory_hertz(), 0);
}

}  // namespace
}  // namespace foretoken::probe
