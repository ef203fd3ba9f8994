using System.Collections.Concurrent;

namespace Culvert.Platform.Secrets;

/// <summary>
/// When secrets were last used by this process, by their files and variables. Settings that name the same file have the
/// same last use, and a reload of the configuration keeps it.
/// </summary>
public sealed class SecretUses(TimeProvider time)
{
    // Has one entry for each file and variable that a configuration named since the start.
    private readonly ConcurrentDictionary<string, SecretUse> uses = new(StringComparer.Ordinal);

    /// <summary>Makes the reference record its uses here.</summary>
    public void Follow(SecretReference secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        secret.RecordIn(uses.GetOrAdd(secret.ToString(), _ => new SecretUse(time)));
    }
}
