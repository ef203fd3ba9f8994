using System.Collections.Frozen;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>What feeds instruct edges and agents to refuse.</summary>
/// <param name="Serials">The serial numbers of unexpired platform certificates, in lower-case hex.</param>
/// <param name="Enrollments">The ids (<c>agt_…</c>) of enrolments with unexpired certificates.</param>
internal sealed record RevokedMachines(IReadOnlySet<string> Serials, IReadOnlySet<string> Enrollments)
{
    private RevokedSerialSet? all;

    /// <summary>
    /// The edges' part of <see cref="Serials"/>: agents need no others, and they name no other tenant.
    /// </summary>
    public IReadOnlySet<string> EdgeSerials { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The agents' part of <see cref="Serials"/>, by tunnel: an edge gets those that it serves.</summary>
    public ILookup<string, string> AgentSerials { get; init; } = Array.Empty<string>().ToLookup(serial => serial);

    public ILookup<string, string> AgentEnrollments { get; init; } = Array.Empty<string>().ToLookup(id => id);

    /// <summary>Leading digits of the serial numbers of nodes from before a restore; all of them are refused.</summary>
    public IReadOnlyList<string> SerialPrefixes { get; init; } = [];

    /// <summary>Revoked server certificates, by tunnel: the tunnel's agents replace them at once.</summary>
    public ILookup<string, string> ServerSerials { get; init; } = Array.Empty<string>().ToLookup(serial => serial);

    public bool IsRevoked(string serial) => (all ??= new RevokedSerialSet(Serials, SerialPrefixes)).Contains(serial);
}
