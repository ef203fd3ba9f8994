using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Status;

/// <summary>The answer of <c>GET /v1/status</c>: whether everything that the caller may see works.</summary>
internal sealed record StatusDocument
{
    public string Type { get; } = "status";

    /// <summary>The worst state of a check: <c>ok</c>, <c>warning</c>, <c>unknown</c> or <c>problem</c>.</summary>
    public required string State { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CheckedAt { get; init; }

    /// <summary>The node that answers. Clock, jobs, readiness and key fetching are those of this node.</summary>
    public required string Node { get; init; }

    public required string OrganizationId { get; init; }

    public required string? OrganizationName { get; init; }

    /// <summary>
    /// The findings, worst first within each check. Later pages contain only the findings about their tunnels.
    /// </summary>
    public required IReadOnlyList<StatusCheckDocument> Checks { get; init; }

    /// <summary>Checks that did not run because the caller may not read their objects.</summary>
    public required IReadOnlyList<string> NotShown { get; init; }

    /// <summary>A page of the tunnels, the newest first.</summary>
    public required IReadOnlyList<TunnelStatusDocument> Tunnels { get; init; }

    /// <summary>The cursor of the next page of tunnels; null on the last one.</summary>
    public required string? NextPage { get; init; }
}
