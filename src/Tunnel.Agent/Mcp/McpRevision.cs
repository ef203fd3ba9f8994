using System.Globalization;
using Culvert.Platform.Mcp;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>The revisions of MCP: dates, which sort as text.</summary>
internal static class McpRevision
{
    /// <summary>The first revision without sessions.</summary>
    public const string FirstModern = ClientMessages.Modern;

    /// <summary>The revision for shared programs when the client states no valid one.</summary>
    public const string LastLegacy = ClientMessages.Legacy;

    public static bool IsRevision(string text) =>
        text is FirstModern or LastLegacy // what nearly all clients send: no parsing needed
        || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>Whether it is a revision without sessions. Text that is no date belongs to no known era.</summary>
    public static bool IsModern(string text) => string.CompareOrdinal(text, FirstModern) >= 0 && IsRevision(text);
}
