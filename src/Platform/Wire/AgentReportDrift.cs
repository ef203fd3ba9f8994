using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A definition of a route's server that differs from the approved one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportDrift
{
    /// <summary><c>tool</c>, <c>prompt</c>, <c>resource</c>, <c>template</c> or <c>instructions</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The server's name for it; truncated to 200 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The kinds of difference, the most serious first, separated by commas.</summary>
    public required string Classes { get; init; }

    /// <summary><c>alert</c>, <c>serve_pinned</c>, <c>block</c>, <c>quarantine</c> or <c>observe</c>.</summary>
    public required string Action { get; init; }

    /// <summary>SHA-256 of the current definition, lower-case hex; empty: gone, or without canonical form.</summary>
    public required string Observed { get; init; }

    /// <summary>When the difference was first seen.</summary>
    public required DateTime Since { get; init; }
}
