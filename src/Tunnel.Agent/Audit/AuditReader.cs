using Culvert.Platform.Configuration;
using Culvert.Platform.Telemetry;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Reads the section <c>audit</c>.</summary>
internal static class AuditReader
{
    private const string Export = "export";
    private const string Otlp = "otlp";

    /// <param name="environment">Returns an environment variable; the process's own when null.</param>
    public static AuditSettings Read(ConfigSection root, Func<string, string?>? environment = null)
    {
        var section = root.Section("audit");
        var file = section.String("file", AuditSettings.Default.File);
        if (
            file.Length == 0
            || Path.IsPathRooted(file)
            || file.Split('/').Any(part => part is "" or "." or "..")
            || !file.EndsWith(".jsonl", StringComparison.Ordinal)
        )
        {
            section.Error(
                "file",
                "The file is not below state_dir.",
                "Write a relative path that ends in .jsonl, such as audit/calls.jsonl."
            );
            file = AuditSettings.Default.File;
        }

        var rotate = section.Section("rotate");
        return new AuditSettings
        {
            File = file,
            RotateBytes = rotate.Size("bytes", 64 << 20, 64 << 10, 1L << 40),
            Keep = rotate.Int("keep", 30, 1, 10_000),
            DiskReserve = section.Size("disk_reserve", 256 << 20),
            DeniesWhenFull = section.Choice("on_full", "deny", "deny", "degrade") == "deny",
            KeepsShapes = section.Choice("arguments", "shape", "shape", "none") == "shape",
            RecordsAnswerShapes = section.Choice("answers", "none", "none", "shape") == "shape",
            Collector = ReadCollector(root, section, environment),
        };
    }

    private static LogsCollector? ReadCollector(
        ConfigSection root,
        ConfigSection section,
        Func<string, string?>? environment
    )
    {
        var targets = section.Strings(Export);
        foreach (var target in targets.Where(target => target != Otlp))
        {
            section.Error(Export, $"{target} is not a target.", "Write [otlp], or remove it.");
        }

        if (!targets.Contains(Otlp))
        {
            return null;
        }

        var collector = LogsCollector.Read(root, environment);
        if (collector is null)
        {
            section.Error(
                Export,
                "No collector is named for otlp.",
                "Set OTEL_EXPORTER_OTLP_ENDPOINT, and do not write `telemetry: {otlp: off}`."
            );
        }

        return collector;
    }
}
