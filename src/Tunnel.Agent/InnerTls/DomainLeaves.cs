using System.Collections.Concurrent;
using System.Security.Authentication;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The service's certificates for other providers' domains. A replacement applies to later handshakes.</summary>
internal sealed class DomainLeaves(SslProtocols protocols, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, LeafSlot> slots = new(StringComparer.Ordinal);
    private volatile Negotiable negotiable = new(protocols);

    /// <summary>The slot of a domain, which is empty until its certificate has arrived.</summary>
    public LeafSlot Get(string domain) =>
        slots.GetOrAdd(domain, _ => new LeafSlot(negotiable.Protocols, time, loggers.CreateLogger<LeafSlot>()));

    public void Swap(string domain, KeyAndCertificate pair) => Get(domain).Swap(pair);

    /// <summary>Sets the TLS versions of later handshakes.</summary>
    public void Use(SslProtocols next)
    {
        negotiable = new Negotiable(next);
        foreach (var slot in slots.Values)
        {
            slot.Use(next);
        }
    }

    /// <summary>
    /// Removes the domains that the configuration no longer has. Until this call, ending tunnels use their slots.
    /// </summary>
    public void Retain(IReadOnlyCollection<string> domains)
    {
        foreach (var gone in slots.Keys.Except(domains, StringComparer.Ordinal))
        {
            slots.TryRemove(gone, out _);
        }
    }

    private sealed record Negotiable(SslProtocols Protocols);
}
