namespace Culvert.Platform.Programs;

/// <summary>Which keys of a program's configuration may change while it runs.</summary>
/// <param name="keys">Full keys, sections with a dot at the end, or lists with a bracket at the end.</param>
public sealed class ReloadableKeys(params string[] keys)
{
    public bool Contains(string key) =>
        keys.Any(k => k[^1] is '.' or '[' ? key.StartsWith(k, StringComparison.Ordinal) : key == k);
}
