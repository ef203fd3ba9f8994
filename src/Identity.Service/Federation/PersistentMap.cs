namespace Culvert.Identity.Service.Federation;

/// <summary>
/// An immutable map whose changed copies share all unchanged parts: a lookup costs the same with ten and with a hundred
/// thousand entries; a change costs a thousandth of a full copy.
/// </summary>
internal sealed class PersistentMap<TValue>
    where TValue : class
{
    // A power of two. With a hundred thousand entries a part has a hundred.
    private const int Parts = 1024;

    public static readonly PersistentMap<TValue> Empty = new(new Dictionary<string, TValue>[Parts], 0);

    // Written only before the map is published. Null = empty.
    private readonly Dictionary<string, TValue>?[] parts;

    private PersistentMap(Dictionary<string, TValue>?[] parts, int count)
    {
        this.parts = parts;
        Count = count;
    }

    public int Count { get; }

    public IEnumerable<TValue> Values => parts.Where(part => part is not null).SelectMany(part => part!.Values);

    public TValue? Find(string key) => parts[GetPart(key)]?.GetValueOrDefault(key);

    public PersistentMap<TValue> With(IEnumerable<KeyValuePair<string, TValue>> entries)
    {
        var changed = (Dictionary<string, TValue>?[])parts.Clone();
        var count = Count;
        foreach (var (key, value) in entries)
        {
            var index = GetPart(key);
            var part = changed[index];
            if (ReferenceEquals(part, parts[index]))
            {
                changed[index] = part = part is null
                    ? new Dictionary<string, TValue>(StringComparer.Ordinal)
                    : new Dictionary<string, TValue>(part, StringComparer.Ordinal);
            }

            count += part!.ContainsKey(key) ? 0 : 1;
            part[key] = value;
        }

        return new PersistentMap<TValue>(changed, count);
    }

    private static int GetPart(string key) => string.GetHashCode(key, StringComparison.Ordinal) & (Parts - 1);
}
