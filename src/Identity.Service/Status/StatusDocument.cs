using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Status;

/// <summary>The answer of <c>GET /v1/status</c>: whether everything that the caller may see works.</summary>
/// <param name="State">The worst state of a check: <c>ok</c>, <c>warning</c>, <c>unknown</c> or <c>problem</c>.</param>
/// <param name="Node">The node that answers. Clock, jobs, readiness and key fetching are those of this node.</param>
/// <param name="Checks">
/// The findings, worst first within each check. Later pages contain only the findings about their tunnels.
/// </param>
/// <param name="NotShown">Checks that did not run because the caller may not read their objects.</param>
/// <param name="Tunnels">A page of the tunnels, the newest first.</param>
/// <param name="NextPage">The cursor of the next page of tunnels; null on the last one.</param>
internal sealed record StatusDocument(
    string State,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CheckedAt,
    string Node,
    string OrganizationId,
    string? OrganizationName,
    IReadOnlyList<StatusCheckDocument> Checks,
    IReadOnlyList<string> NotShown,
    IReadOnlyList<TunnelStatusDocument> Tunnels,
    string? NextPage
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "status";
}
