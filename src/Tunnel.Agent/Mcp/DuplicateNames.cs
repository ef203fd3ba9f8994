using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>Finds duplicate member names without a tree of the message: it stores one entry for each name.</summary>
internal static class DuplicateNames
{
    /// <summary>Whether any object of a text has two members with the same name, escapes resolved.</summary>
    /// <param name="json">JSON in UTF-8, with at most <see cref="JsonValues.MostOfMessage"/> values.</param>
    /// <exception cref="JsonException">The text is not JSON, or deeper.</exception>
    /// <exception cref="InvalidOperationException">A name has half a surrogate pair.</exception>
    public static bool Exist(ReadOnlyMemory<byte> json, int maxDepth)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = maxDepth });
        var names = new HashSet<Name>(NameComparer.Instance);
        var open = new Stack<int>();
        var objects = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(objects++);
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    var text = reader.ValueIsEscaped
                        ? Encoding.UTF8.GetBytes(reader.GetString()!)
                        : json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length); // after the quotation mark
                    if (!names.Add(new Name(open.Peek(), text)))
                    {
                        return true;
                    }

                    break;
            }
        }

        return false;
    }

    // A name in an object; the objects are numbered in the order of the text.
    private readonly record struct Name(int Object, ReadOnlyMemory<byte> Text);

    private sealed class NameComparer : IEqualityComparer<Name>
    {
        public static readonly NameComparer Instance = new();

        public bool Equals(Name x, Name y) => x.Object == y.Object && x.Text.Span.SequenceEqual(y.Text.Span);

        // Seeded for this process, so that no caller can choose names that collide.
        public int GetHashCode(Name obj)
        {
            var hash = default(HashCode);
            hash.Add(obj.Object);
            hash.AddBytes(obj.Text.Span);
            return hash.ToHashCode();
        }
    }
}
