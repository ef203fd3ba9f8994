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
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return described;
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

        return described;
    }

    private static CallApprovalArgument Show(JsonElement arguments, JsonPointer pointer)
    {
        if (
            arguments.ValueKind == JsonValueKind.Undefined
            || pointer.Find(arguments, out var value) != PointerResult.Found
        )
        {
            return new CallApprovalArgument { At = pointer.Text, Shape = "missing" };
        }

        var text = VisibleText.Escape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)));
        return new CallApprovalArgument
        {
            At = pointer.Text,
            Shape = GetShape(value),
            Value = text.Length <= MaxValueCharacters ? text : null,
        };
    }

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
