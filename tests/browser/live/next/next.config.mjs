export default { output: "export", distDir: "out", productionBrowserSourceMaps: false };
