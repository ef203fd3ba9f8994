using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>The arguments for an approver: the values that the rule shows, and type and length of the others.</summary>
internal static class ShownArguments
{
    /// <summary>A longer value is not shown, because an approver could take a part for the whole.</summary>
    internal const int MaxValueCharacters = 2000;

    internal const int MaxMembers = 32;
    private const int MaxNameCharacters = 64;

    public static IReadOnlyList<CallApprovalArgument> Describe(
        JsonElement arguments,
        IReadOnlyList<JsonPointer> shown,
        IReadOnlyList<JsonPointer> masked
    )
    {
        var described = shown.Select(pointer => Show(arguments, pointer)).ToList();
        AddOthers(described, arguments, shown, masked);
        return described;
    }

    /// <summary>A finding for an approver: as arguments, behind an entry that says that an answer waits.</summary>
    /// <param name="bytes">The length of the message.</param>
    /// <param name="parts">The structured part; those of several resources; or none.</param>
    public static IReadOnlyList<CallApprovalArgument> DescribeFinding(
        int bytes,
        IReadOnlyList<JsonElement> parts,
        IReadOnlyList<JsonPointer> shown
    )
    {
        var described = shown.Select(pointer => ShowAll(parts, pointer)).ToList();
        if (parts is [var only])
        {
            AddOthers(described, only, shown, []);
        }

        return
        [
            new CallApprovalArgument { At = CallApprovalArgument.Answer, Shape = Measure("bytes", bytes) },
            .. described.Select(value => value with { At = $"{CallApprovalArgument.Answer}:{value.At}" }),
        ];
    }

    private static void AddOthers(
        List<CallApprovalArgument> described,
        JsonElement arguments,
        IReadOnlyList<JsonPointer> shown,
        IReadOnlyList<JsonPointer> masked
    )
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var others = arguments
            .EnumerateObject()
            .Select(member => (At: ToPointer(member.Name), member.Value))
            .Where(member => !shown.Any(pointer => pointer.Text == member.At))
            .ToList();
        described.AddRange(
            others
                .Take(MaxMembers)
                .Select(member => new CallApprovalArgument
                {
                    At =
                        member.At.Length <= MaxNameCharacters + 1
                            ? VisibleText.Escape(member.At)
                            : VisibleText.Escape(CutAtCharacter(member.At, MaxNameCharacters + 1)) + "…",
                    Shape = masked.Any(pointer => pointer.Text == member.At) ? "masked" : GetShape(member.Value),
                })
        );
        if (others.Count > MaxMembers)
        {
            described.Add(new CallApprovalArgument { At = "…", Shape = $"{others.Count - MaxMembers} more" });
        }
    }

    private static CallApprovalArgument Show(JsonElement arguments, JsonPointer pointer)
    {
        return
            arguments.ValueKind == JsonValueKind.Undefined
            || pointer.Find(arguments, out var value) != PointerResult.Found
            ? Show(pointer, "missing", null)
            : Show(pointer, GetShape(value), Read(value));
    }

    // Several values are shown as a list of them, which is shown completely or not at all.
    private static CallApprovalArgument ShowAll(IReadOnlyList<JsonElement> parts, JsonPointer pointer)
    {
        var found = new List<JsonElement>();
        foreach (var part in parts)
        {
            pointer.FindAll(part, found);
        }

        return found switch
        {
            [] => Show(pointer, "missing", null),
            [var only] when parts.Count == 1 && !pointer.Names.Contains(JsonPointer.Every) => Show(
                pointer,
                GetShape(only),
                Read(only)
            ),
            _ => Show(
                pointer,
                Measure("array", found.Count),
                found.Count <= MaxValueCharacters ? ReadAll(found) : null
            ),
        };
    }

    private static CallApprovalArgument Show(JsonPointer pointer, string shape, string? json)
    {
        var text = json is null ? null : VisibleText.Escape(json);
        return new CallApprovalArgument
        {
            At = pointer.Text,
            Shape = shape,
            Value = text?.Length <= MaxValueCharacters ? text : null,
        };
    }

    private static string ReadAll(List<JsonElement> values)
    {
        var list = new StringBuilder("[");
        foreach (var value in values)
        {
            list.Append(list.Length > 1 ? "," : "").Append(Read(value));
        }

        return list.Append(']').ToString();
    }

    private static string Read(JsonElement value) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value));

    // As in the record: the length of text is the number of its bytes as written.
    private static string GetShape(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => Measure("string", JsonMarshal.GetRawUtf8Value(value).Length - 2),
            JsonValueKind.Array => Measure("array", value.GetArrayLength()),
            JsonValueKind.Object => Measure("object", value.GetPropertyCount()),
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };

    private static string Measure(string type, int length) =>
        string.Create(CultureInfo.InvariantCulture, $"{type}:{length}");

    private static string ToPointer(string name) => "/" + JsonPointer.Escape(name);

    private static string CutAtCharacter(string text, int length) =>
        text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
