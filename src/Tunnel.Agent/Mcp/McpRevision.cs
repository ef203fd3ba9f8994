using System.Globalization;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>The revisions of MCP: dates, whose order is the order of their text.</summary>
internal static class McpRevision
{
    /// <summary>The first one without sessions.</summary>
    public const string FirstModern = "2026-07-28";

    /// <summary>Greets shared programs where the client names no revision that can be read.</summary>
    public const string LastLegacy = "2025-11-25";

    public static bool IsRevision(string text) =>
        text is FirstModern or LastLegacy // what nearly all clients name: nothing to parse
        || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>Whether it is a revision without sessions. Text that is no date is of no era that the agent knows.</summary>
    public static bool IsModern(string text) => string.CompareOrdinal(text, FirstModern) >= 0 && IsRevision(text);
}
