using System.Collections.Concurrent;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>
/// When each machine was last heard of. Kept in memory: machines call in at least every half minute, so that after a
/// restart it fills up again quickly.
/// </summary>
internal sealed class MachineContacts(TimeProvider time)
{
    /// <summary>Beyond that the oldest are forgotten; only verified machines get in at all.</summary>
    private const int MaxMachines = 100_000;

    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> lastContact = new(StringComparer.Ordinal);

    /// <summary>Before this nothing was heard here.</summary>
    public DateTimeOffset Since { get; } = time.GetUtcNow();

    public void Heard(string spiffeId)
    {
        var now = time.GetUtcNow();
        lastContact[spiffeId] = now;
        if (lastContact.Count > MaxMachines)
        {
            foreach (var (machine, at) in lastContact)
            {
                if (now - at > ForgetAfter)
                {
                    lastContact.TryRemove(machine, out _);
                }
            }
        }
    }

    /// <summary>Null when not heard of since this process started.</summary>
    public DateTimeOffset? FindLast(string spiffeId) => lastContact.TryGetValue(spiffeId, out var at) ? at : null;
}
