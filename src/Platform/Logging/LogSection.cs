using Culvert.Platform.Configuration;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

public static class LogSection
{
    public static LogOptions Read(ConfigSection root)
    {
        var section = root.Section("log");
        return new LogOptions
        {
            Level = section.Choice("level", "info", "trace", "debug", "info", "warning", "error") switch
            {
                "trace" => LogLevel.Trace,
                "debug" => LogLevel.Debug,
                "warning" => LogLevel.Warning,
                "error" => LogLevel.Error,
                _ => LogLevel.Information,
            },
            Format = section.Choice("format", "auto", "auto", "text", "json") switch
            {
                "text" => LogFormat.Text,
                "json" => LogFormat.Json,
                _ => LogFormat.Auto,
            },
            File = section.Path("file"),
        };
    }
}
