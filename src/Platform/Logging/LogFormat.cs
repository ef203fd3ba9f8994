namespace Culvert.Platform.Logging;

public enum LogFormat
{
    /// <summary>Text on a terminal, JSON lines elsewhere.</summary>
    Auto,

    /// <summary>One line for people.</summary>
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}
