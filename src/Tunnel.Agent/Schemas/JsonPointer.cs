using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>A position inside the arguments of a call (RFC 6901), as written in the file.</summary>
internal sealed class JsonPointer
{
    /// <summary>Points to the root value.</summary>
    public static readonly JsonPointer Whole = new("", []);

    /// <summary>The step that is every element or member, where a pointer may have one.</summary>
    public const string Every = "*";

    private const int MaxCharacters = 1024;
    private const int MaxSteps = 32;

    private readonly (string Name, int Index)[] steps;

    private JsonPointer(string text, (string Name, int Index)[] steps) => (Text, this.steps) = (text, steps);

    public string Text { get; }

    /// <summary>The names and indexes of the path, unescaped.</summary>
    public IEnumerable<string> Names => steps.Select(s => s.Name);

    /// <summary>Whether a step could be the number of an array's element.</summary>
    public bool HasIndexes => steps.Any(s => s.Index >= 0);

    /// <summary>Reads <c>/a/0/b~1c</c>. Refuses "-", the element after an array's last (§4).</summary>
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

    /// <summary>A member's name as a step of a pointer (§3).</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

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

    /// <summary>The values at all positions that a server could read from the pointer (<see cref="MemberNames"/>).</summary>
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

    /// <summary>
    /// Finds the values at the pointer, in which <c>*</c> is every element of an array and every member of an object.
    /// </summary>
    /// <returns>
    /// False if another reader could find more: a name is almost that of the pointer (<see cref="MemberNames"/>), or an array is
    /// where the pointer names a member.
    /// </returns>
    public bool FindAll(JsonElement root, List<JsonElement> found)
    {
        var isClear = true;
        List<JsonElement> level = [root];
        foreach (var (name, _) in steps)
        {
            string[] names = [name];
            var next = new List<JsonElement>();
            foreach (var value in level)
            {
                switch (value.ValueKind)
                {
                    case JsonValueKind.Array when name == Every:
                        foreach (var element in value.EnumerateArray())
                        {
                            next.Add(element);
                        }

                        break;
                    case JsonValueKind.Array:
                        isClear = false;
                        break;
                    case JsonValueKind.Object:
                        foreach (var member in value.EnumerateObject())
                        {
                            if (name == Every || MemberNames.CouldBe(member, names))
                            {
                                isClear &= name == Every || member.NameEquals(name);
                                next.Add(member.Value);
                            }
                        }

                        break;
                }
            }

            level = next;
        }

        found.AddRange(level);
        return isClear;
    }

    public override string ToString() => Text;

    // §4: digits without a leading zero; -1 for text that can only be a member's name.
    private static int GetIndex(string name) =>
        (name is "0" || (name.Length > 0 && name[0] is >= '1' and <= '9'))
        && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : -1;
}
