using System.Collections.Concurrent;
using System.Security.Authentication;
using Culvert.Platform.Certificates;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The certificates in service, one per name. A replacement applies to later handshakes.</summary>
/// <param name="loggers">Logs each replacement; null: it is not logged.</param>
internal sealed class NamedLeaves(SslProtocols protocols, TimeProvider time, ILoggerFactory? loggers = null)
{
    private readonly ConcurrentDictionary<string, LeafSlot> slots = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock gate = new(); // a slot is created with the latest protocols
    private SslProtocols protocols = protocols; // guarded by gate

    /// <summary>The slot of a name, which is empty until its certificate has arrived.</summary>
    public LeafSlot Get(string name)
    {
        lock (gate)
        {
            return slots.GetOrAdd(
                name,
                _ => new LeafSlot(protocols, time, (loggers ?? NullLoggerFactory.Instance).CreateLogger<LeafSlot>())
            );
        }
    }

    /// <summary>The leaf of the name while it is valid; otherwise null.</summary>
    public InnerLeaf? Find(string name) =>
        slots.TryGetValue(name, out var slot) && slot.IsServing ? slot.Current : null;

    public void Swap(string name, KeyAndCertificate pair) => Get(name).Swap(pair);

    /// <summary>Sets the TLS versions of later handshakes.</summary>
    public void Use(SslProtocols next)
    {
        lock (gate)
        {
            protocols = next;
            foreach (var slot in slots.Values)
            {
                slot.Use(next);
            }
        }
    }

    /// <summary>Removes the names that the configuration no longer has. Ending tunnels continue to use their slots.</summary>
    public void Retain(IReadOnlyCollection<string> names)
    {
        foreach (var gone in slots.Keys.Except(names, StringComparer.OrdinalIgnoreCase))
        {
            slots.TryRemove(gone, out _);
        }
    }
}
