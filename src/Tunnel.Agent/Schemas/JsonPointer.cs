using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>A place inside the arguments of a call (RFC 6901), as the file writes it.</summary>
internal sealed class JsonPointer
{
    /// <summary>The value itself.</summary>
    public static readonly JsonPointer Whole = new("", []);

    private const int MaxCharacters = 1024;
    private const int MaxSteps = 32;

    private readonly (string Name, int Index)[] steps;

    private JsonPointer(string text, (string Name, int Index)[] steps) => (Text, this.steps) = (text, steps);

    public string Text { get; }

    /// <summary>The names and indexes on the way, unescaped.</summary>
    public IEnumerable<string> Names => steps.Select(s => s.Name);

    /// <summary>
    /// Reads <c>/a/0/b~1c</c>. "-", the element after an array's last (§4), is refused: it never names a value.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPointer? pointer)
    {
        pointer = null;
        if (text.Length > MaxCharacters || !text.StartsWith('/') || text.Any(char.IsControl))
        {
            return false;
        }

        var parts = text[1..].Split('/');
        if (parts.Length > MaxSteps)
        {
            return false;
        }

        var steps = new (string, int)[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            // §3: "~0" is a tilde, "~1" a slash; another tilde is an error.
            var bare = parts[i].Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal);
            if (bare.Contains('~', StringComparison.Ordinal) || parts[i] == "-")
            {
                return false;
            }

            // §4: "~1" first, so that "~01" becomes "~1" and not "/".
            var name = parts[i]
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            steps[i] = (name, GetIndex(name));
        }

        pointer = new JsonPointer(text, steps);
        return true;
    }

    /// <summary>Goes from a value to the place.</summary>
    /// <param name="root">Where to start.</param>
    /// <param name="value">What is there.</param>
    public PointerResult Find(JsonElement root, out JsonElement value)
    {
        value = root;
        foreach (var (name, index) in steps)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    if (!value.TryGetProperty(name, out value))
                    {
                        return PointerResult.Missing;
                    }

                    break;
                case JsonValueKind.Array when index >= 0:
                    if (index >= value.GetArrayLength())
                    {
                        return PointerResult.Missing;
                    }

                    value = value[index];
                    break;
                default:
                    return PointerResult.WrongType;
            }
        }

        return PointerResult.Found;
    }

    /// <summary>What is at the place, and at all others that a server could take for it (<see cref="MemberNames"/>).</summary>
    public IReadOnlyList<JsonElement> FindLike(JsonElement root)
    {
        List<JsonElement> found = [root];
        foreach (var (name, index) in steps)
        {
            var folded = MemberNames.Fold(name);
            found =
            [
                .. found.SelectMany(value =>
                    value.ValueKind switch
                    {
                        JsonValueKind.Object => value
                            .EnumerateObject()
                            .Where(m => m.NameEquals(name) || MemberNames.Fold(m.Name) == folded)
                            .Select(m => m.Value),
                        JsonValueKind.Array when index >= 0 && index < value.GetArrayLength() => [value[index]],
                        _ => Enumerable.Empty<JsonElement>(),
                    }
                ),
            ];
        }

        return found;
    }

    public override string ToString() => Text;

    // §4: digits without a leading zero; -1 for what can only be a member's name.
    private static int GetIndex(string name) =>
        (name is "0" || (name.Length > 0 && name[0] is >= '1' and <= '9'))
        && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : -1;
}
