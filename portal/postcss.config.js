// Without this preset the build turns Mantine's light-dark() colours into undefined variables; see tests/browser/test_shell.py.
export default {
  plugins: {
    "postcss-preset-mantine": {},
  },
};
