using System.Collections.Concurrent;
using System.Security.Authentication;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The public certificates in service, one per name. A replacement applies to later handshakes.</summary>
internal sealed class AcmeLeaves(SslProtocols protocols, TimeProvider time)
{
    private readonly Lock gate = new(); // one change at a time
    private readonly ConcurrentDictionary<string, InnerLeaf> byName = new(StringComparer.OrdinalIgnoreCase);
    private SslProtocols protocols = protocols; // guarded by gate

    /// <summary>The leaf of the name while it is valid; null: the registered CA's leaf serves the name.</summary>
    public InnerLeaf? Find(string name) =>
        byName.TryGetValue(name, out var leaf) && leaf.IsValidAt(time.GetUtcNow()) ? leaf : null;

    public void Swap(string name, KeyAndCertificate pair)
    {
        lock (gate)
        {
            byName[name] = new InnerLeaf(pair, protocols);
        }
    }

    /// <summary>Sets the TLS versions of later handshakes.</summary>
    public void Use(SslProtocols next)
    {
        lock (gate)
        {
            if (next == protocols)
            {
                return;
            }

            protocols = next;
            foreach (var (name, leaf) in byName)
            {
                byName[name] = new InnerLeaf(leaf.Pair, next);
            }
        }
    }

    /// <summary>Removes the leaves of names that the configuration no longer has.</summary>
    public void Retain(IReadOnlyCollection<string> names)
    {
        foreach (var gone in byName.Keys.Where(n => !names.Contains(n, StringComparer.OrdinalIgnoreCase)))
        {
            byName.TryRemove(gone, out _);
        }
    }
}
