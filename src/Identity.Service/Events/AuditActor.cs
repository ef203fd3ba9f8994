using System.Globalization;
using System.Text.Json;

namespace Culvert.Identity.Service.Events;

internal sealed record AuditActor
{
    /// <summary>
    /// <c>admin_api_key</c>, <c>person</c>, <c>federated</c>, <c>service_account</c>, <c>agent</c>, <c>edge</c>,
    /// <c>oauth_client</c>, <c>system</c> …
    /// </summary>
    public required string Type { get; init; }

    public required string Id { get; init; }

    /// <summary>The identity provider of a federated actor.</summary>
    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<string> Audience { get; init; } = [];

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>The installation itself, for example during init.</summary>
    public static AuditActor System { get; } = new() { Type = "system", Id = "identity-service" };

    /// <summary>A user on the service's host: access to its files is the proof; the user name is only a claim.</summary>
    public static AuditActor Host(uint userId, string userName) =>
        new()
        {
            Type = "host",
            Id = string.Create(CultureInfo.InvariantCulture, $"uid:{userId}"),
            Subject = Bounded(userName),
        };

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", Type);
        json.WriteString("id", Id);
        WriteOptional(json, "issuer", Issuer);
        WriteOptional(json, "subject", Subject);
        if (Audience.Count > 0)
        {
            json.WriteStartArray("audience");
            foreach (var audience in Audience)
            {
                json.WriteStringValue(audience);
            }

            json.WriteEndArray();
        }

        WriteOptional(json, "ip_address", IpAddress);
        WriteOptional(json, "user_agent", UserAgent);
        json.WriteEndObject();
    }

    /// <summary>Truncates untrusted text to the maximum length in a record.</summary>
    public static string? Bounded(string? text) => text is { Length: > 256 } ? text[..256] : text;

    // The member is absent, instead of null, if there is no value.
    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
