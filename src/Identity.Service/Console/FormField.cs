using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console;

/// <summary>Maps a form field to a member of the API request. A dot in the name creates an object.</summary>
/// <param name="Name">The member's name, and the field's unless <see cref="Field"/> differs.</param>
/// <param name="Read">The member's value; null = omitted. The refusal describes an invalid field.</param>
internal sealed record FormField(string Name, Func<string, (JsonNode? Value, Refusal? Refusal)> Read)
{
    /// <summary>The form field, if one field determines several members.</summary>
    public string Field { get; init; } = Name;

    /// <summary>Keeps leading and trailing spaces and line breaks.</summary>
    public bool IsVerbatim { get; init; }

    /// <summary>An empty field is null in the request, which clears the member, instead of being omitted.</summary>
    public bool ClearsWhenEmpty { get; init; }

    /// <summary>Moves the member into an object of the request.</summary>
    public FormField In(string member) => this with { Name = $"{member}.{Name}" };

    public static FormField Text(string name) => new(name, text => (text.Length == 0 ? null : text, null));

    /// <summary>A text, sent even if empty: the API reports that it is missing.</summary>
    public static FormField Required(string name) => new(name, text => (text, null));

    /// <summary>Like <see cref="Required"/>, but unchanged: leading spaces are significant in YAML.</summary>
    public static FormField Verbatim(string name) => Required(name) with { IsVerbatim = true };

    /// <summary>The reason for a disruptive action: required by the page and here.</summary>
    public static FormField Why(string name) =>
        new(
            name,
            text =>
                text.Length == 0
                    ? (
                        null,
                        RequestErrors.Invalid.Refuse($"{name}: a reason is required; it is recorded in the audit.")
                    )
                    : (text, null)
        );

    public static FormField Constant(string name, JsonNode value) => new(name, _ => (value.DeepClone(), null));

    /// <summary>A list with one entry per line; an empty field is an empty list.</summary>
    public static FormField Lines(string name) =>
        new(
            name,
            text =>
                (
                    new JsonArray([
                        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                            .Select(line => JsonValue.Create(line)),
                    ]),
                    null
                )
        );

    /// <summary>Like <see cref="Lines"/>; omitted if empty.</summary>
    public static FormField LinesIfAny(string name) =>
        new(name, text => text.Length == 0 ? (null, null) : Lines(name).Read(text));

    /// <summary>Networks with a port, one per line, as in <c>10.0.0.0/8:8443</c>; omitted if empty.</summary>
    public static FormField Targets(string name) => new(name, text => ReadTargets(name, text));

    /// <summary>The checked boxes with this name: identifiers.</summary>
    public static FormField Chosen(string name) =>
        Lines(name) with
        {
            // Values with the same name are joined by commas, which identifiers never contain.
            Read = text => Lines(name).Read(text.Replace(',', '\n')),
        };

    /// <summary>True if that field is empty: no selection means all.</summary>
    public static FormField AllUnless(string name, string field) =>
        new(name, text => (text.Length == 0 ? true : null, null)) { Field = field };

    public static FormField Depending(string name, string field, string whenEmpty, string otherwise) =>
        new(name, text => (text.Length == 0 ? whenEmpty : otherwise, null)) { Field = field };

    public static FormField Number(string name) =>
        new(
            name,
            text =>
                text.Length == 0 ? (null, null)
                : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number, null)
                : (null, RequestErrors.Invalid.Refuse($"{name}: a whole number is required."))
        );

    public static FormField Flag(string name) => new(name, text => (text.Length > 0, null));

    /// <summary>A text; null if empty.</summary>
    public static FormField Clearable(string name) => Text(name) with { ClearsWhenEmpty = true };

    public static FormField Json(string name) => new(name, text => ReadJson(name, text));

    // The port follows the last colon, because IPv6 networks have colons.
    private static (JsonNode?, Refusal?) ReadTargets(string name, string text)
    {
        var targets = new JsonArray();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = line.LastIndexOf(':');
            if (
                colon < 0
                || !int.TryParse(line[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            )
            {
                return (
                    null,
                    RequestErrors.Invalid.Refuse(
                        $"{name}: each line needs a network and a port, such as 10.0.0.0/8:8443."
                    )
                );
            }

            targets.Add(new JsonObject { ["cidr"] = line[..colon], ["port"] = port });
        }

        return (targets.Count == 0 ? null : targets, null);
    }

    private static (JsonNode?, Refusal?) ReadJson(string name, string text)
    {
        try
        {
            return (text.Trim().Length == 0 ? null : JsonNode.Parse(text), null);
        }
        catch (JsonException)
        {
            return (null, RequestErrors.Invalid.Refuse($"{name}: this is not JSON."));
        }
    }
}
