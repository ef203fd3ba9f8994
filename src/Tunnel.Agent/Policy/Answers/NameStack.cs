using System.Text;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>The names of the members of all open objects, to find one that is there twice.</summary>
internal sealed class NameStack
{
    // From this number of members on, an object's names are in a set: comparing each with all others takes too long.
    private const int Few = 16;

    private readonly List<(int Start, int Length)> names = [];
    private readonly Stack<(int First, int Bytes, HashSet<string>? Many)> objects = new();
    private byte[] bytes = new byte[256];
    private int used;

    /// <summary>The memory of the names, in bytes.</summary>
    public long HeldBytes { get; private set; }

    public void Open() => objects.Push((names.Count, used, null));

    public void Close()
    {
        var (first, start, many) = objects.Pop();
        names.RemoveRange(first, names.Count - first);
        used = start;
        HeldBytes -= many?.Sum(name => 2L * name.Length) ?? 0;
    }

    /// <summary>False: the innermost open object has a member with this name.</summary>
    /// <param name="name">Without escapes, in UTF-8.</param>
    public bool TryAdd(ReadOnlySpan<byte> name)
    {
        var (first, start, many) = objects.Peek();
        if (many is null && names.Count - first == Few)
        {
            many = new HashSet<string>(StringComparer.Ordinal);
            for (var i = first; i < names.Count; i++)
            {
                Add(many, Get(i));
            }

            objects.Pop();
            objects.Push((first, start, many));
        }

        if (many is not null)
        {
            return Add(many, name);
        }

        for (var i = first; i < names.Count; i++)
        {
            if (name.SequenceEqual(Get(i)))
            {
                return false;
            }
        }

        if (bytes.Length - used < name.Length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, used + name.Length));
        }

        name.CopyTo(bytes.AsSpan(used));
        names.Add((used, name.Length));
        used += name.Length;
        return true;
    }

    private bool Add(HashSet<string> many, ReadOnlySpan<byte> name)
    {
        HeldBytes += 2L * name.Length;
        return many.Add(Encoding.UTF8.GetString(name));
    }

    private ReadOnlySpan<byte> Get(int index) => bytes.AsSpan(names[index].Start, names[index].Length);
}
