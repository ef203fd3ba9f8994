using System.Diagnostics.CodeAnalysis;
using Culvert.Platform.Configuration;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Audit.Export;

internal static class AuditTargets
{
    /// <summary>Each target needs a loop, a metrics label and a row per node.</summary>
    public const int Most = 8;

    private const string Key = "export";
    private const string FilePrefix = "file:";
    private const string CaFile = "ca_file";

    /// <param name="environment">Reads a variable; null = the process's environment.</param>
    public static IReadOnlyList<AuditTarget> Read(ConfigSection root, Func<string, string?>? environment = null)
    {
        var audit = root.Section("audit");
        var targets = new List<AuditTarget>();
        foreach (var text in audit.Strings(Key))
        {
            if (text == CollectorTarget.Written)
            {
                if (LogsCollector.Read(root, environment) is not { } collector)
                {
                    audit.Error(
                        Key,
                        "No collector is named for otlp.",
                        "Set OTEL_EXPORTER_OTLP_ENDPOINT (docs/telemetry.md), and do not write `telemetry: {otlp: off}`."
                    );
                    continue;
                }

                targets.Add(new CollectorTarget(collector));
            }
            else if (TryParse(text, out var target))
            {
                targets.Add(target);
            }
            else
            {
                audit.Error(
                    Key,
                    $"{text} is not a target.",
                    "Write file:/absolute/path, syslog+tls://host:6514 (with ?ca_file=/absolute/path), or otlp."
                );
            }
        }

        if (targets.Count > Most || targets.DistinctBy(target => target.Name).Count() < targets.Count)
        {
            audit.Error(Key, "A target is named twice, or there are too many.", $"Name at most {Most}, each once.");
            return [];
        }

        return targets;
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out AuditTarget? target)
    {
        target =
            text.StartsWith(FilePrefix, StringComparison.Ordinal) ? ReadFile(text[FilePrefix.Length..])
            : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == SyslogTarget.Scheme ? ReadSyslog(url)
            : null;
        return target is not null;
    }

    private static FileTarget? ReadFile(string path) =>
        Path.IsPathFullyQualified(path) && !path.EndsWith('/') ? new FileTarget(Path.GetFullPath(path)) : null;

    private static SyslogTarget? ReadSyslog(Uri url)
    {
        var roots = url.Query.Length == 0 ? null : ReadCaFile(url.Query[1..]);
        return
            url is { UserInfo: "", Fragment: "", Host.Length: > 0, AbsolutePath: "" or "/" }
            && (url.Query.Length == 0 || roots is not null)
            ? new SyslogTarget(url.IdnHost, url.Port > 0 ? url.Port : SyslogTarget.UsualPort, roots)
            : null;
    }

    private static string? ReadCaFile(string query) =>
        query.Split('=', 2) is [CaFile, { Length: > 0 } value]
        && !value.Contains('&', StringComparison.Ordinal)
        && Path.IsPathFullyQualified(Uri.UnescapeDataString(value))
            ? Uri.UnescapeDataString(value)
            : null;
}
