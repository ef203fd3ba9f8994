namespace Culvert.Platform.Configuration;

/// <summary>Reads the <c>telemetry</c> section, which the three programs share.</summary>
public static class TelemetrySection
{
    /// <summary>Declares the keys. Sending telemetry is not supported yet, so only <c>off</c> may be written.</summary>
    public static void Read(ConfigSection root) => root.Section("telemetry").NotYet("otlp", permitted: "off");
}
