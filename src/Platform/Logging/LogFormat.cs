namespace Culvert.Platform.Logging;

public enum LogFormat
{
    /// <summary>Text on a terminal, JSON lines elsewhere.</summary>
    Auto,

    Text,

    Json,
}
