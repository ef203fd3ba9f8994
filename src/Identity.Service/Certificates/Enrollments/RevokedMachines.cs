using System.Collections.Frozen;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>What feeds tell edges and agents to refuse.</summary>
/// <param name="Serials">Of unexpired platform certificates; lower-case hex.</param>
/// <param name="Enrollments"><c>agt_…</c> with unexpired certificates.</param>
internal sealed record RevokedMachines(IReadOnlySet<string> Serials, IReadOnlySet<string> Enrollments)
{
    /// <summary>Those of <see cref="Serials"/> that are edges': all that an agent needs, and nothing of other tenants.</summary>
    public IReadOnlySet<string> EdgeSerials { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The others of <see cref="Serials"/>, by tunnel: an edge gets those of the tunnels that it serves.</summary>
    public ILookup<string, string> AgentSerials { get; init; } = Array.Empty<string>().ToLookup(serial => serial);

    /// <summary><see cref="Enrollments"/> by tunnel.</summary>
    public ILookup<string, string> AgentEnrollments { get; init; } = Array.Empty<string>().ToLookup(id => id);

    /// <summary>Server certificates that were revoked, by tunnel: their agents replace them at once.</summary>
    public ILookup<string, string> ServerSerials { get; init; } = Array.Empty<string>().ToLookup(serial => serial);
}
