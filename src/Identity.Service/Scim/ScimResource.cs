using System.Text.Json.Nodes;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Scim;

/// <summary>A provisioned user or group.</summary>
internal sealed record ScimResource
{
    public required ScimResourceType Type { get; init; }

    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string IssuerId { get; init; }

    /// <summary>The attributes that are kept; those of a group without its members, unless they were read.</summary>
    public required JsonObject Attributes { get; init; }

    /// <summary>The subject of a user's tokens at the issuer; null = not linked.</summary>
    public string? Subject { get; init; }

    public int Version { get; init; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>RFC 7644 §3.14: weak, because the attributes that a client requests differ.</summary>
    public string ETag => $"W/\"{Version}\"";

    public string? UserName => GetText("userName");

    public string? ExternalId => GetText("externalId");

    public string? DisplayName => GetText("displayName");

    /// <summary>Users are active unless the directory says otherwise.</summary>
    public bool IsActive => Attributes["active"] is not { } flag || flag.GetValue<bool>();

    public IReadOnlyList<string> MemberIds =>
        Attributes[ScimResourceType.MembersName] is JsonArray members
            ? [.. members.Select(one => (string)one!["value"]!)]
            : [];

    /// <summary>The resource with other attributes, as the next version.</summary>
    public ScimResource With(JsonObject attributes, DateTimeOffset now) =>
        this with
        {
            Attributes = attributes,
            Version = Version + 1,
            UpdatedAt = now,
        };

    public ScimResource WithMembers(IEnumerable<string> ids)
    {
        var attributes = Attributes.DeepClone().AsObject();
        JsonArray members = [.. ids.Select(id => (JsonNode)new JsonObject { ["value"] = id })];
        if (members.Count > 0)
        {
            attributes[ScimResourceType.MembersName] = members;
        }

        return this with
        {
            Attributes = attributes,
        };
    }

    /// <summary>What a client gets, and what filters are evaluated on.</summary>
    public JsonObject ToDocument(string location)
    {
        JsonObject document = new() { ["schemas"] = new JsonArray(Type.Schema), ["id"] = Id };
        foreach (var (name, value) in Attributes)
        {
            document[name] = value?.DeepClone();
        }

        if (Type == ScimResourceType.User)
        {
            document["active"] = IsActive;
        }

        document["meta"] = new JsonObject
        {
            ["resourceType"] = Type.Name,
            ["created"] = ToText(CreatedAt),
            ["lastModified"] = ToText(UpdatedAt),
            ["location"] = location,
            ["version"] = ETag,
        };
        return document;
    }

    private static string ToText(DateTimeOffset time) => UtcTimeConverter.Format(Instants.FromStore(time.ToStore()));

    private string? GetText(string name) => (string?)Attributes[name];
}
