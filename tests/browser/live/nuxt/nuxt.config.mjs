export default { ssr: true, telemetry: false, compatibilityDate: "2026-01-01" };
