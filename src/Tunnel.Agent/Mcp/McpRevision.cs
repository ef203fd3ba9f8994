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

    // The first one in which a server can require that the user opens a page.
    private const string FirstWithPages = "2025-11-25";

    /// <summary>Whether a server may answer with the error that requires a URL elicitation.</summary>
    public static bool HasPageError(string text) =>
        string.CompareOrdinal(text, FirstWithPages) >= 0 && !IsModern(text) && IsRevision(text);

    public static bool IsRevision(string text) =>
        text is FirstModern or LastLegacy // what nearly all clients send: no parsing needed
        || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>Whether it is a revision without sessions. Text that is no date belongs to no known era.</summary>
    public static bool IsModern(string text) => string.CompareOrdinal(text, FirstModern) >= 0 && IsRevision(text);
}
