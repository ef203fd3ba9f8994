using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Machines;

/// <summary>The feed of one tunnel as all its agents get it.</summary>
/// <param name="Revision">Of the installation, when it was made.</param>
/// <param name="Tunnel">As it was then.</param>
/// <param name="Digest">Of everything but the revision: agents that hold this need no answer.</param>
/// <param name="Json">What goes out.</param>
/// <param name="Installation">What it was made of besides the tunnel.</param>
internal sealed record AgentFeedBody(
    long Revision,
    Tunnel Tunnel,
    string Digest,
    ReadOnlyMemory<byte> Json,
    InstallationFeed Installation
);
