using System.Security.Authentication;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The inner-TLS leaf in service. Replaced whole, without a lock on the handshake path.</summary>
internal sealed class LeafSlot(SslProtocols protocols, TimeProvider time, ILogger<LeafSlot> logger)
{
    private readonly Lock gate = new(); // one change at a time
    private volatile InnerLeaf? current;
    private SslProtocols protocols = protocols; // guarded by gate

    public InnerLeaf? Current => current;

    public bool IsServing => current is { } leaf && leaf.IsValidAt(time.GetUtcNow());

    /// <summary>True when the leaf has not expired. Whether it is valid already is up to the client's clock.</summary>
    public bool HasGood => current is { } leaf && time.GetUtcNow() <= leaf.Pair.NotAfter;

    /// <summary>Uses a leaf for later handshakes; existing connections continue.</summary>
    public void Swap(KeyAndCertificate pair)
    {
        lock (gate)
        {
            // Not compared by serial: CA tools reuse numbers, and a chain may be corrected under the same leaf.
            if (current?.Pair is { } now && now.ExportCertificatesPem() == pair.ExportCertificatesPem())
            {
                return;
            }

            current = new InnerLeaf(pair, protocols);
        }

        Log.LeafSwapped(logger, pair.Serial, pair.NotAfter);
    }

    /// <summary>Sets the TLS versions of later handshakes.</summary>
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
