using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>The log level, which the imported programs name alike.</summary>
internal static class ProgramLog
{
    /// <summary>The agent's name of the level; empty when it is not set.</summary>
    public static string ReadLevel(ImportedFile file, ConfigSection section, string key)
    {
        var level = file.Text(section, key).ToLowerInvariant();
        switch (level)
        {
            case "" or "debug" or "info" or "error":
                return level;
            case "warn" or "warning":
                return "warning";
            default:
                section.Error(key, "This is not a level.", "Write debug, info, warn or error.");
                return "";
        }
    }
}
