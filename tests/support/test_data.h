// Files of tests/data.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace vicinal {

/// The bytes of a file; none when there is no such file.
inline std::vector<unsigned char> read_test_data(const std::string& name) {
  std::ifstream file(std::string(VICINAL_TEST_DATA) + "/" + name, std::ios::binary);
  return std::vector<unsigned char>(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

}  // namespace vicinal
