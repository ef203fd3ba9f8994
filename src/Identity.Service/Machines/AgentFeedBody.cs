using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Machines;

/// <summary>The feed of one tunnel, the same for all its agents.</summary>
/// <param name="Revision">The installation's revision at the time of creation.</param>
/// <param name="Digest">Covers everything but the revision: agents that have this digest need no answer.</param>
internal sealed record AgentFeedBody(
    long Revision,
    Tunnel Tunnel,
    string Digest,
    ReadOnlyMemory<byte> Json,
    InstallationFeed Installation
);
