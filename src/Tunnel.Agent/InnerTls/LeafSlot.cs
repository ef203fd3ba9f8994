using System.Security.Authentication;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The one place that says which inner-TLS leaf is in service. Swapped whole, without a lock on the handshake path.</summary>
internal sealed class LeafSlot(SslProtocols protocols, TimeProvider time, ILogger<LeafSlot> logger)
{
    private readonly Lock gate = new(); // one change at a time
    private volatile InnerLeaf? current;
    private SslProtocols protocols = protocols; // guarded by gate

    /// <summary>Null until the first leaf has arrived.</summary>
    public InnerLeaf? Current => current;

    /// <summary>Ready: there is a leaf and it is valid now.</summary>
    public bool IsServing => current is { } leaf && leaf.IsValidAt(time.GetUtcNow());

    /// <summary>There is a leaf that has not ended. One that is not valid yet counts: the client's clock decides that.</summary>
    public bool HasGood => current is { } leaf && time.GetUtcNow() <= leaf.Pair.NotAfter;

    /// <summary>Uses a leaf for handshakes from now on; connections made with the old one continue.</summary>
    public void Swap(KeyAndCertificate pair)
    {
        lock (gate)
        {
            // Not by serial: CA tooling reuses numbers, and a chain may be corrected under the same leaf.
            if (current?.Pair is { } now && now.ExportCertificatesPem() == pair.ExportCertificatesPem())
            {
                return;
            }

            current = new InnerLeaf(pair, protocols);
        }

        Log.LeafSwapped(logger, pair.Serial, pair.NotAfter);
    }

    /// <summary>What handshakes may negotiate from now on.</summary>
    public void Use(SslProtocols next)
    {
        lock (gate)
        {
            if (next != protocols)
            {
                protocols = next;
                current = current is { } leaf ? new InnerLeaf(leaf.Pair, next) : null;
            }
        }
    }
}
