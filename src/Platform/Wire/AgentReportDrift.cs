using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A definition of a route's server that differs from the approved one.</summary>
/// <param name="Kind"><c>tool</c>, <c>prompt</c>, <c>resource</c>, <c>template</c> or <c>instructions</c>.</param>
/// <param name="Name">The server's name for it; truncated to 200 characters.</param>
/// <param name="Classes">The kinds of difference, the most serious first, separated by commas.</param>
/// <param name="Action"><c>alert</c>, <c>serve_pinned</c>, <c>block</c>, <c>quarantine</c> or <c>observe</c>.</param>
/// <param name="Observed">
/// SHA-256 of the current definition, lower-case hex; empty: gone, or without canonical form.
/// </param>
/// <param name="Since">When the difference was first seen.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportDrift(
    string Kind,
    string Name,
    string Classes,
    string Action,
    string Observed,
    DateTime Since
);
