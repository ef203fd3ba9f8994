using System.Globalization;
using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// The arguments that the constraints of a closed rule name. In an object or array that pointers only lead through, there is
/// nothing besides what they name; a value that a pointer names may hold anything that its own conditions permit.
/// </summary>
internal sealed class NamedArguments
{
    private readonly Dictionary<string, NamedArguments> children = new(StringComparer.Ordinal);
    private readonly string at;
    private bool isNamed;

    public NamedArguments(IEnumerable<JsonPointer> pointers)
        : this("")
    {
        foreach (var pointer in pointers)
        {
            Add(pointer);
        }
    }

    private NamedArguments(string at) => this.at = at;

    /// <summary>The pointer of the first object or array that has something else in it; null if none has.</summary>
    public string? FindOther(JsonElement value)
    {
        if (isNamed)
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => FindOtherMember(value),
            JsonValueKind.Array => FindOtherElement(value),
            _ => at, // of a type that nothing leads through
        };
    }

    private string? FindOtherMember(JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (!children.TryGetValue(member.Name, out var child))
            {
                return at;
            }

            if (child.FindOther(member.Value) is { } other)
            {
                return other;
            }
        }

        return null;
    }

    private string? FindOtherElement(JsonElement value)
    {
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (!children.TryGetValue((index++).ToString(CultureInfo.InvariantCulture), out var child))
            {
                return at;
            }

            if (child.FindOther(element) is { } other)
            {
                return other;
            }
        }

        return null;
    }

    private void Add(JsonPointer pointer)
    {
        var node = this;
        var path = "";
        foreach (var (name, written) in pointer.Names.Zip(pointer.Text[1..].Split('/')))
        {
            path += $"/{written}";
            if (!node.children.TryGetValue(name, out var child))
            {
                child = new NamedArguments(path);
                node.children.Add(name, child);
            }

            node = child;
        }

        node.isNamed = true;
    }
}
