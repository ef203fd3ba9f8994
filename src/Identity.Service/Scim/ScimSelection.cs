using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Scim;

/// <summary>The attributes that a client requests or excludes (RFC 7644 §3.9). <c>id</c> and <c>schemas</c> always stay.</summary>
internal sealed record ScimSelection(IReadOnlyList<string>? Wanted, IReadOnlyList<string> Excluded)
{
    private const int MaxLength = 1024;

    public static readonly ScimSelection Everything = new(Wanted: null, []);

    public bool IsEverything => Wanted is null && Excluded.Count == 0;

    /// <summary>Names that the schema does not have select nothing (RFC 7644 §3.9).</summary>
    public static Result<ScimSelection> Read(ScimResourceType type, ApiRequest request)
    {
        var (attributes, excluded) = (request.Query("attributes"), request.Query("excludedAttributes"));
        if (attributes is not null && excluded is not null)
        {
            return ScimErrors.Value.Refuse("attributes: not together with excludedAttributes.");
        }

        return (attributes ?? excluded) is { Length: > MaxLength }
            ? ScimErrors.Value.Refuse($"attributes, excludedAttributes: at most {MaxLength} characters.")
            : new ScimSelection(attributes is null ? null : Split(type, attributes), Split(type, excluded ?? ""));
    }

    public bool Includes(string attribute) =>
        Wanted is null
            ? !Excluded.Contains(attribute, StringComparer.OrdinalIgnoreCase)
            : Wanted.Any(name => name.Split('.')[0].Equals(attribute, StringComparison.OrdinalIgnoreCase));

    /// <summary>Removes what is not selected.</summary>
    public JsonObject Apply(JsonObject document)
    {
        if (IsEverything)
        {
            return document;
        }

        foreach (var (name, value) in document.ToList())
        {
            if (name is "id" or "schemas")
            {
                continue;
            }

            if (!Includes(name))
            {
                document.Remove(name);
                continue;
            }

            foreach (var part in value is JsonArray many ? many.OfType<JsonObject>() : [value as JsonObject ?? []])
            {
                SelectParts(name, part);
            }
        }

        return document;
    }

    private void SelectParts(string name, JsonObject part)
    {
        var isWhole = Wanted is null || Wanted.Contains(name, StringComparer.OrdinalIgnoreCase);
        foreach (var sub in part.Select(member => member.Key).ToList())
        {
            var path = $"{name}.{sub}";
            if (
                Excluded.Contains(path, StringComparer.OrdinalIgnoreCase)
                || !(isWhole || Wanted!.Contains(path, StringComparer.OrdinalIgnoreCase))
            )
            {
                part.Remove(sub);
            }
        }
    }

    private static string[] Split(ScimResourceType type, string names) =>
        [
            .. names
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(name => ScimPath.WithoutSchema(type, name)),
        ];
}
