namespace Culvert.Platform.Programs;

/// <summary>The keys of a program's configuration that may change while it runs.</summary>
/// <param name="keys">Full keys, sections with a final dot, or lists with a final bracket.</param>
public sealed class ReloadableKeys(params string[] keys)
{
    public bool Contains(string key) =>
        keys.Any(k => k[^1] is '.' or '[' ? key.StartsWith(k, StringComparison.Ordinal) : key == k);
}
